"""Arithmetic of boxes: arrays of x1, y1, x2, y2."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def areas(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The area of each of N boxes: float32 (N,)."""
    found: NDArray[np.float32] = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1)
    return found


def intersections(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """The area that each of N boxes shares with each of M: float32 (N, M)."""
    top = np.maximum(one[:, None, :2], other[None, :, :2])
    bottom = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared: NDArray[np.float32] = np.clip(bottom - top, 0, None).prod(axis=2)
    return shared


def iou(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Intersection over union of each of N boxes with each of M: float32 (N, M), 0 to 1.

    >>> iou(np.float32([[0, 0, 2, 2]]), np.float32([[0, 0, 2, 2], [1, 0, 3, 2], [5, 5, 6, 6]])).round(2).tolist()
    [[1.0, 0.33000001311302185, 0.0]]
    """
    shared = intersections(one, other)
    union = areas(one)[:, None] + areas(other)[None] - shared
    ratio: NDArray[np.float32] = shared / np.maximum(union, np.finfo(np.float32).tiny)
    return ratio
