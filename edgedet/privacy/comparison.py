"""The picture that shows what others get to see of a frame."""

from __future__ import annotations

import cv2
import numpy as np

from edgedet.drawing.lettering import measure, write
from edgedet.drawing.palette import WHITE
from edgedet.privacy.proof import Proof
from edgedet.types import Image

_HIGHEST = 720
"""Pixels down to which pictures are shrunk."""


def side_by_side(proof: Proof) -> Image:
    """The original and what is seen of it in each encoding, next to each other, titled: uint8 (H, W, 3) BGR."""
    pictures = {"as the camera took it": proof.original, **proof.seen}
    return np.hstack([_titled(image, title) for title, image in pictures.items()])


def _titled(image: Image, title: str) -> Image:
    if image.shape[0] > _HIGHEST:
        scale = _HIGHEST / image.shape[0]
        image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    size = max(11, round(image.shape[0] / 24))
    _, ascent, descent = measure(title, size)
    pad = size // 2
    plate = np.zeros((ascent + descent + 2 * pad, image.shape[1], 3), np.uint8)
    write(plate, title, pad, pad + ascent, size, WHITE)
    return np.vstack([plate, image])
