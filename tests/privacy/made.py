"""Frames and detections for what has to be covered."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import numpy as np

from edgedet.types import Detections, Frame, Image

LABELS = ("person", "cat")


def frame(image: Image, elapsed: float = 0.0) -> Frame:
    return Frame(image, 0, elapsed, elapsed, time.monotonic(), datetime.now(UTC), "test:")


def noise(width: int, height: int) -> Image:
    return np.random.default_rng(width * 1000 + height).integers(1, 256, (height, width, 3), dtype=np.uint8)


def people(*boxes: tuple[float, float, float, float], label: str = "person") -> Detections:
    count = len(boxes)
    return Detections(
        np.array(boxes, np.float32).reshape(count, 4),
        np.full(count, 0.2, np.float32),
        np.full(count, LABELS.index(label), np.int32),
        LABELS,
    )
