"""Datasets and detections made up for tests."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edgedet.lab.datasets import Dataset, Picture
from edgedet.types import Detections
from tests.places import ROOT

LABELS = ("person", "cat", "dog")
PHOTOS = ROOT / "edgedet" / "capture" / "photos"
ASTRONAUT, CAT = PHOTOS / "astronaut.jpg", PHOTOS / "chelsea.jpg"


def picture(boxes: Any = (), labels: Any = (), **given: Any) -> Picture:
    """A picture of 400x300 that needn't exist."""
    facts: dict[str, Any] = {
        "path": Path("made.jpg"),
        "width": 400,
        "height": 300,
        "boxes": np.asarray(boxes, np.float32).reshape(-1, 4),
        "labels": np.asarray(labels, np.int64),
        "known": np.ones(len(LABELS), np.bool_),
        "crowd": np.zeros(len(labels), np.bool_),
        "id": 1,
    }
    return Picture(**facts | given)


def detections(boxes: Any, scores: Any, class_ids: Any, labels: tuple[str, ...] = LABELS) -> Detections:
    """Sorted by score."""
    order = np.argsort(-np.asarray(scores, np.float32), kind="stable")
    return Detections(
        np.asarray(boxes, np.float32).reshape(-1, 4)[order],
        np.asarray(scores, np.float32)[order],
        np.asarray(class_ids, np.int32)[order],
        labels,
    )


def boxes_at(random: np.random.Generator, count: int) -> Any:
    """Boxes of many sizes inside 400x300."""
    corner = random.uniform(0, [350, 250], (count, 2))
    size = 4 + random.exponential(60, (count, 2))
    return np.concatenate([corner, np.minimum(corner + size, [400, 300])], axis=1).astype(np.float32)


def scene(seed: int, pictures: int = 12) -> tuple[Dataset, list[Detections]]:
    """Pictures in an order that isn't their numbers', some crowds, and detections near their objects and elsewhere.

    Scores are of few values, as a quantized model's are.
    """
    random = np.random.default_rng(seed)
    made, found = [], []
    for number in random.permutation(1000)[:pictures]:
        count = int(random.integers(0, 6))
        boxes, labels = boxes_at(random, count), random.integers(0, 3, count)
        crowd = random.random(count) < 0.15
        made.append(picture(boxes, labels, crowd=crowd, id=int(number)))
        near = boxes + random.normal(0, 5, boxes.shape)
        every = np.concatenate([near, boxes_at(random, 4)])
        ids = np.concatenate([labels, random.integers(0, 3, 4)])
        every[:, 2:] = np.maximum(every[:, 2:], every[:, :2] + 1)
        found.append(detections(every, random.integers(1, 12, len(every)) / 12, ids))
    return Dataset(LABELS, tuple(made), "made"), found


def write_photos(folder: Path) -> Path:
    """COCO annotations, and the pictures, of two photographs that are in the package: a person, and a cat."""
    (folder / "images").mkdir()
    images, annotations = [], []
    for i, (path, label) in enumerate(((ASTRONAUT, 1), (CAT, 2)), start=1):
        image = cv2.imread(str(path))
        assert image is not None
        height, width = image.shape[:2]
        box = [0.02 * width, 0.02 * height, 0.9 * width, 0.95 * height]
        shutil.copyfile(path, folder / "images" / path.name)
        images.append({"id": i, "file_name": path.name, "width": width, "height": height, "split": "val"})
        annotations.append(
            {"id": i, "image_id": i, "category_id": label, "bbox": box, "area": box[2] * box[3], "iscrowd": 0}
        )
    categories = [{"id": i, "name": name} for i, name in enumerate((*LABELS, "zebra"), start=1)]
    file = folder / "instances.json"
    file.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))
    return file
