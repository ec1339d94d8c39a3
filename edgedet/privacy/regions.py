"""Which rectangles of a picture are covered for which boxes."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Part = Literal["whole", "upper"]
Boxes = NDArray[np.float64]
"""(N, 4): x1, y1, x2, y2 in pixels."""

_UPPER_OF_HEIGHT, _UPPER_OF_WIDTH = 0.35, 0.9


def covering(boxes: Boxes, part: Part, margin: float) -> Boxes:
    """The rectangles to cover for these boxes, (N, 4); they may reach beyond the picture.

    Of a standing person, whose box is about three times as high as wide, ``upper`` is the top 35 %: head, shoulders
    and a bit of chest. Where the legs are out of the picture, or bent, the box is less high for its width and the head
    takes more of it, so at least 0.9 widths are covered; of a box that is wider than high (someone lying, crouching
    or close to the camera) all of it, for the head may be anywhere.

    Args:
        boxes: (N, 4).
        part: ``whole`` or ``upper``.
        margin: how far beyond the box on every side, as a fraction of its width and height.
    """
    grown = boxes.copy()
    width, height = (boxes[:, 2:] - boxes[:, :2]).T
    if part == "upper":
        upper = np.maximum(_UPPER_OF_HEIGHT * height, _UPPER_OF_WIDTH * width)
        grown[:, 3] = np.where(height > width, boxes[:, 1] + np.minimum(upper, height), boxes[:, 3])
    reach = margin * np.stack([width, height], axis=1)
    return np.concatenate([grown[:, :2] - reach, grown[:, 2:] + reach], axis=1)


def to_pixels(boxes: Boxes, width: int, height: int) -> NDArray[np.int64]:
    """The whole pixels that boxes touch inside a picture, int64 (M, 4); those that touch none are left out."""
    most = np.array([width, height, width, height])
    corners = np.concatenate([np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])], axis=1)
    pixels = np.clip(corners, 0, most).astype(np.int64)
    seen: NDArray[np.int64] = pixels[(pixels[:, 2] > pixels[:, 0]) & (pixels[:, 3] > pixels[:, 1])]
    return seen
