"""Geometry for training pictures: crops that keep objects, zooming out, flips, mosaics.

Liu et al., SSD, 2016, sections 2.2 and 3.6; Bochkovskiy et al., YOLOv4, 2020, for the mosaic. Boxes are fractions of
the picture throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edgedet.boxes import areas, intersections
from edgedet.lab.training.targets import Sample

OVERLAPS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9)
"""Least overlap that a crop must have with some object; one is drawn for each crop."""
KEPT = 0.35
"""Part of an object that a crop must show for it to be still called one; from a tenth to this it is unknown."""


def view(sample: Sample, x1: float, y1: float, x2: float, y2: float) -> tuple[Sample, NDArray[np.bool_]]:
    """The boxes as seen in a window of the picture, which may reach beyond it, and which objects remain.

    What is cut off to less than :data:`KEPT` becomes a region of unknown content of its class. The image is untouched.
    """
    window = np.array([[x1, y1, x2, y2]], np.float32)
    shown = intersections(sample.boxes, window)[:, 0] / np.maximum(areas(sample.boxes), 1e-9)
    kept, scrap = shown >= KEPT, (shown > 0.1) & (shown < KEPT)
    origin, size = np.array([x1, y1] * 2, np.float32), np.array([x2 - x1, y2 - y1] * 2, np.float32)

    def seen(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        return ((np.clip(boxes, 0, 1) - origin) / size).clip(0, 1).astype(np.float32)

    unknown = seen(np.concatenate([sample.unknown, sample.boxes[scrap]]))
    labels = np.concatenate([sample.unknown_labels, sample.labels[scrap]])
    visible = areas(unknown) > 0
    return replace(
        sample,
        boxes=seen(sample.boxes[kept]),
        labels=sample.labels[kept],
        unknown=unknown[visible],
        unknown_labels=labels[visible],
    ), kept


def crop(sample: Sample, rng: np.random.Generator, smallest: float = 0.3) -> Sample:
    """A random window of at least ``smallest`` of each side and an aspect of 1/2 to 2, that keeps some object."""
    height, width = sample.image.shape[:2]
    least = rng.choice(OVERLAPS)
    for _ in range(20):
        w, h = rng.uniform(smallest, 1, 2)
        if not 0.5 <= (w * width) / (h * height) <= 2:
            continue
        x, y = rng.uniform(0, 1 - w), rng.uniform(0, 1 - h)
        found, kept = view(sample, x, y, x + w, y + h)
        shown = intersections(sample.boxes, np.array([[x, y, x + w, y + h]], np.float32))[:, 0]
        enough = shown >= least * np.maximum(areas(sample.boxes), 1e-9)
        if len(sample.boxes) and not (kept & enough).any():
            continue
        rows = slice(int(y * height), max(int((y + h) * height), int(y * height) + 1))
        columns = slice(int(x * width), max(int((x + w) * width), int(x * width) + 1))
        return replace(found, image=sample.image[rows, columns])
    return sample


def zoom_out(sample: Sample, rng: np.random.Generator, most: float = 2.5) -> Sample:
    """The picture somewhere on a plain canvas up to ``most`` times its size: small objects out of large ones."""
    height, width = sample.image.shape[:2]
    factor = rng.uniform(1, most)
    tall, wide = int(height * factor), int(width * factor)
    top, left = int(rng.integers(0, tall - height + 1)), int(rng.integers(0, wide - width + 1))
    canvas = np.empty((tall, wide, 3), np.uint8)
    canvas[:] = rng.integers(0, 256, 3) if rng.random() < 0.5 else sample.image.mean(axis=(0, 1))
    canvas[top : top + height, left : left + width] = sample.image
    found, _ = view(sample, -left / width, -top / height, (wide - left) / width, (tall - top) / height)
    return replace(found, image=canvas)


def flip(sample: Sample) -> Sample:
    """Left to right."""
    mirror = np.array([1, 0, 1, 0], np.float32), np.array([-1, 1, -1, 1], np.float32)

    def mirrored(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        return (mirror[0] + mirror[1] * boxes)[:, [2, 1, 0, 3]]

    return replace(sample, image=sample.image[:, ::-1], boxes=mirrored(sample.boxes), unknown=mirrored(sample.unknown))


def mosaic(samples: Sequence[Sample], size: int, rng: np.random.Generator) -> Sample:
    """Four pictures in the quarters of one, which meet at a random point; each is squeezed into its quarter."""
    cx, cy = rng.uniform(0.3, 0.7, 2)
    canvas = np.empty((size, size, 3), np.uint8)
    x, y = round(cx * size), round(cy * size)
    quarters = ((0, 0, x, y), (x, 0, size, y), (0, y, x, size), (x, y, size, size))
    boxes, unknown = [], []
    for sample, (x1, y1, x2, y2) in zip(samples, quarters, strict=True):
        canvas[y1:y2, x1:x2] = cv2.resize(
            np.ascontiguousarray(sample.image), (x2 - x1, y2 - y1), interpolation=cv2.INTER_AREA
        )
        scale = np.array([x2 - x1, y2 - y1] * 2, np.float32) / size
        shift = np.array([x1, y1] * 2, np.float32) / size
        boxes.append(sample.boxes * scale + shift)
        unknown.append(sample.unknown * scale + shift)
    return Sample(
        canvas,
        np.concatenate(boxes),
        np.concatenate([s.labels for s in samples]),
        np.concatenate(unknown),
        np.concatenate([s.unknown_labels for s in samples]),
    )


def resize(sample: Sample, size: int, rng: np.random.Generator) -> Sample:
    """Stretched to the net's input, by one of the ways of resizing that cameras and programs use."""
    ways = (cv2.INTER_LINEAR, cv2.INTER_LINEAR, cv2.INTER_AREA, cv2.INTER_CUBIC)
    image = cv2.resize(
        np.ascontiguousarray(sample.image), (size, size), interpolation=int(ways[int(rng.integers(len(ways)))])
    )
    return replace(sample, image=image.astype(np.uint8, copy=False))
