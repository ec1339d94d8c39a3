"""What a net in training finds in a dataset, before it is a file."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import torch

from edgedet.inference.anchors import ssd_anchors
from edgedet.inference.nms import non_maximum_suppression
from edgedet.lab.datasets import Dataset, Picture
from edgedet.lab.training.net import Ssd
from edgedet.lab.training.pictures import read_rgb
from edgedet.lab.training.targets import decode
from edgedet.types import Detections


def predict(net: Ssd, dataset: Dataset, confidence: float = 0.02, batch: int = 16) -> list[Detections]:
    """The objects a net finds in each picture, in the picture's pixels, as the deployed pipeline would."""
    net.eval()
    found: list[Detections] = []
    with torch.no_grad():
        for start in range(0, len(dataset), batch):
            found += _predict_some(net, dataset.pictures[start : start + batch], dataset.labels, confidence)
    return found


def _predict_some(
    net: Ssd, pictures: tuple[Picture, ...], labels: tuple[str, ...], confidence: float
) -> Iterator[Detections]:
    size = net.architecture.size
    device = next(net.parameters()).device
    pixels = np.stack([cv2.resize(read_rgb(p.path), (size, size)) for p in pictures])
    images = torch.from_numpy(pixels).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
    boxes, logits = net(images)
    anchors = ssd_anchors(size, size)
    for picture, encodings, scores in zip(
        pictures, boxes.float().cpu().numpy(), logits.float().sigmoid().cpu().numpy(), strict=True
    ):
        rows, classes = np.nonzero(scores >= confidence)
        corners, kept_scores = decode(encodings[rows], anchors[rows]), scores[rows, classes]
        class_ids = classes.astype(np.int32)
        kept = non_maximum_suppression(corners, kept_scores, class_ids)
        scale = np.array([picture.width, picture.height] * 2, np.float32)
        inside = (corners[kept].clip(0, 1) * scale).astype(np.float32)
        yield Detections(inside, kept_scores[kept], class_ids[kept], labels)
