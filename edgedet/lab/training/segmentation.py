"""A segmentation model as a teacher: the regions it marks, boxed."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edgedet.errors import ModelError
from edgedet.inference.preprocess import Preprocessor
from edgedet.inference.runtime import open_runtime
from edgedet.types import Detections, Image

VOC = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable",
    "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip
"""Pascal VOC's classes, in the order of a segmentation model's values."""
LARGE, SPECK = 0.01, 0.0005
"""Part of the picture from which a region is certainly something, and below which it is nothing."""


class SegmentationTeacher:
    """Finds objects as the connected regions of a segmentation model's class map.

    Touching objects of one class come out as one box, so this is a teacher for pictures with few of them.

    Args:
        path: a TFLite model whose output is a class map (1, H, W) of whole numbers, such as DeepLab's.
        labels: the class of each value, the background first.

    Raises:
        ModelError: the model isn't one.
    """

    def __init__(self, path: Path, labels: tuple[str, ...] = VOC, threads: int = 1) -> None:
        self.labels = labels
        self._runtime = open_runtime(path, "auto", threads)
        outputs = self._runtime.outputs
        if len(outputs) != 1 or len(outputs[0].shape) != 3 or np.dtype(outputs[0].dtype).kind not in "iu":
            raise ModelError(f"{path}: its output isn't a class map (1, height, width); give a segmentation model")
        self._preprocess = Preprocessor(self._runtime.inputs[0], 127.5, 127.5, "RGB", "stretch")

    def detect(self, image: Image) -> Detections:
        """Boxes of the regions; a region that is :data:`LARGE` scores 1, a smaller one its share of that."""
        self._preprocess(image, self._runtime.input())
        self._runtime.invoke()
        regions = self._runtime.output(self._runtime.outputs[0])[0].astype(np.uint8)
        found = [box for value in np.unique(regions) if value for box in _components(regions == value, int(value))]
        rows = np.array(sorted(found, key=lambda row: -row[4]), np.float32).reshape(-1, 6)
        scale = np.array([image.shape[1] / regions.shape[1], image.shape[0] / regions.shape[0]] * 2, np.float32)
        return Detections(rows[:, :4] * scale, rows[:, 4].copy(), rows[:, 5].astype(np.int32), self.labels)


def _components(mask: NDArray[np.bool_], value: int) -> list[tuple[float, ...]]:
    """x1, y1, x2, y2, score, value of each connected region."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    found: list[tuple[float, ...]] = []
    for x, y, width, height, area in stats[1:].tolist():
        share = area / mask.size
        if share >= SPECK:
            found.append((x, y, x + width, y + height, min(1.0, share / LARGE), value))
    return found
