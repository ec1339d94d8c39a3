"""How a rectangle of a picture is made unrecognisable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import cv2

from edgedet.types import Image

Style = Literal["pixelate", "blur", "black"]

CELLS = 8
"""Cells across a rectangle's shorter side. A face, at most as wide as that and mostly a third of it, keeps no more."""

SMALLEST_CELL = 4
"""Pixels; a rectangle of few pixels would keep each of them otherwise."""


def cell_size(width: int, height: int) -> int:
    """Pixels on a side of a cell in a rectangle of this size."""
    return max(SMALLEST_CELL, -(-min(width, height) // CELLS))


def _pixelate(part: Image) -> None:
    part[:] = _cells(part, cv2.INTER_NEAREST)


def _blur(part: Image) -> None:
    # a Gaussian blur can partly be undone; cells that were averaged first leave nothing to find
    part[:] = _cells(part, cv2.INTER_LINEAR)


def _black(part: Image) -> None:
    part[:] = 0


_STYLES: dict[Style, Callable[[Image], None]] = {"pixelate": _pixelate, "blur": _blur, "black": _black}


def cover(part: Image, style: Style) -> None:
    """Make a part of a picture unrecognisable, in place.

    Cells keep the mean of their pixels and nothing else. Someone who moves through many frames of pixelated film
    is seen through cells at many places, which a patient attacker can add up; black leaves nothing to add.

    Args:
        part: uint8 (H, W, 3), at least one pixel; a view into the picture.
        style: ``pixelate``: square cells; ``blur``: the same cells, faded into each other; ``black``.
    """
    _STYLES[style](part)


def _cells(part: Image, interpolation: int) -> Image:
    height, width = part.shape[:2]
    cell = cell_size(width, height)
    small = cv2.resize(part, (max(1, width // cell), max(1, height // cell)), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=interpolation)  # type: ignore[return-value]
