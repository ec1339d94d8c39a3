"""Results made by hand, for publishers to publish."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from edgedet.types import Detections, Frame, FrameResult, Image

LABELS = ("person", "cat", "dog", "Büro-Stuhl", "猫")


def found(*boxes: tuple[float, float, float, float], labels: tuple[str, ...] = LABELS) -> Detections:
    """A detection for each box: of class 0, 1, ..., scored 0.9, 0.85, ..."""
    count = len(boxes)
    return Detections(
        np.array(boxes, np.float32).reshape(count, 4),
        (0.9 - 0.05 * np.arange(count)).astype(np.float32),
        (np.arange(count) % len(labels)).astype(np.int32),
        labels,
    )


def picture(width: int = 160, height: int = 120, grey: int = 90) -> Image:
    return np.full((height, width, 3), grey, np.uint8)


def result(
    index: int = 0,
    *,
    width: int = 160,
    height: int = 120,
    grey: int = 90,
    time_s: float | None = None,
    source: str = "test:",
    detections: Detections | None = None,
    fps: float = 25.0,
    noise: np.random.Generator | None = None,
) -> FrameResult:
    at = index / 25 if time_s is None else time_s
    image = picture(width, height, grey)
    if noise is not None:
        image[:] = noise.integers(0, 255, image.shape, dtype=np.uint8)
    frame = Frame(image, index, at, at, time.monotonic(), datetime.now(UTC), source)
    return FrameResult(frame, found((20, 20, 80, 90)) if detections is None else detections, {}, fps)


@contextmanager
def small_disk(where: Path, kilobytes: int) -> Iterator[Path]:
    """A disk that is soon full."""
    import subprocess

    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(where)]
    try:
        mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("needs root and leave to mount, for a disk that is full")
    try:
        yield where
    finally:
        subprocess.run(["umount", "-l", str(where)], check=True)
