"""Coordinates as text: the shortest that reads back as the same float32."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def shortest(value: np.float32) -> str:
    """A coordinate in decimals, without an exponent.

    >>> shortest(np.float32(557.8)), shortest(np.float32(12))
    ('557.8', '12')
    """
    return np.format_float_positional(value, trim="-")


def corners_from_xywh(xywh: NDArray[np.float64]) -> NDArray[np.float32]:
    """Boxes (N, 4) of left, top, width, height as x1, y1, x2, y2, added up before they are rounded to float32."""
    return np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1).astype(np.float32)


def xywh_from_corners(box: NDArray[np.float32]) -> list[float]:
    """Left, top, width and height of a box (4,) x1, y1, x2, y2; :func:`corners_from_xywh` gives the same box again.

    >>> xywh_from_corners(np.array([491.37, 231.11, 557.8, 313.76], np.float32))
    [491.37, 231.11, 66.43, 82.65]
    """
    x1, y1, x2, y2 = (float(shortest(value)) for value in box)
    return [x1, y1, round(x2 - x1, 10), round(y2 - y1, 10)]
