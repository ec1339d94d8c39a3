"""Arithmetic of boxes: float arrays of x1, y1, x2, y2, in any one unit."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

F = TypeVar("F", bound=np.floating[Any])


def areas(boxes: NDArray[F]) -> NDArray[F]:
    """The area of each of N boxes: (N,)."""
    size = np.maximum(boxes[:, 2:] - boxes[:, :2], 0)
    found: NDArray[F] = size[:, 0] * size[:, 1]
    return found


def intersections(one: NDArray[F], other: NDArray[F]) -> NDArray[F]:
    """The area that each of N boxes shares with each of M: (N, M)."""
    # coordinates first: NumPy then runs along long rows instead of along pairs
    first, second = np.ascontiguousarray(one.T), np.ascontiguousarray(other.T)
    shared = np.minimum(first[2:, :, None], second[2:, None]) - np.maximum(first[:2, :, None], second[:2, None])
    np.maximum(shared, 0, out=shared)
    found: NDArray[F] = shared[0] * shared[1]
    return found


def iou(one: NDArray[F], other: NDArray[F]) -> NDArray[F]:
    """Intersection over union of each of N boxes with each of M: (N, M), 0 to 1.

    >>> iou(np.float32([[0, 0, 2, 2]]), np.float32([[0, 0, 2, 2], [1, 0, 3, 2], [5, 5, 6, 6]])).round(2).tolist()
    [[1.0, 0.33000001311302185, 0.0]]
    """
    shared = intersections(one, other)
    union = areas(one)[:, None] + areas(other)[None] - shared
    ratio: NDArray[F] = shared / np.maximum(union, np.finfo(np.float32).tiny)
    return ratio
