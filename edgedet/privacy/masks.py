"""Parts of the picture that nobody may see: black before anything else looks at a frame."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from edgedet.types import Found, Frame, Image

_FRACTION_BITS = 8
"""Of a pixel, in which polygons are drawn."""
_FINE = 2048
"""Pixels across in which small pictures' polygons are drawn."""

Polygons = Sequence[Sequence[Sequence[float]]]


class Masks:
    """Blacks out polygons, the same in a picture of any size.

    Every pixel that a polygon touches becomes black, and at most the next two beyond its edge.

    >>> black = Masks([[[0, 0], [0.5, 0], [0.5, 1], [0, 1]]]).apply(np.full((2, 8, 3), 255, np.uint8))
    >>> black[0, :, 0].tolist()
    [0, 0, 0, 0, 0, 0, 255, 255]

    Args:
        polygons: each at least three points, x and y as fractions of the picture.
    """

    def __init__(self, polygons: Polygons) -> None:
        self._polygons = [np.array(polygon, np.float64) for polygon in polygons]
        self._size = (0, 0)
        self._patches: list[tuple[slice, slice, Image]] = []

    @cached_property
    def _of_small(self) -> Masks:
        """The same polygons for small pictures, so that neither size is drawn anew for each frame."""
        return Masks([polygon.tolist() for polygon in self._polygons])

    def __bool__(self) -> bool:
        return bool(self._polygons)

    def cover(self, frame: Frame) -> Frame:
        """The frame with its masks black; the frame itself where there are none."""
        if not self._polygons:
            return frame
        small = None if frame.small is None else self._of_small.apply(frame.small)
        found = None if frame.found is None else self._outside(frame.found, frame.width, frame.height)
        return dataclasses.replace(frame, image=self.apply(frame.image), small=small, found=found, ready=None)

    def _outside(self, found: Found, width: int, height: int) -> Found:
        """What a camera found by itself, without what has its middle behind a mask."""
        middles = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2 / np.array([width, height], np.float32)
        polygons = [polygon.astype(np.float32) for polygon in self._polygons]
        seen = np.array(
            [all(cv2.pointPolygonTest(each, (x, y), False) < 0 for each in polygons) for x, y in middles.tolist()], bool
        )
        return Found(found.boxes[seen], found.scores[seen], found.class_ids[seen])

    def apply(self, image: Image) -> Image:
        """A copy of ``image``, uint8 (H, W, 3), with the polygons black."""
        canvas = image.copy()
        self.blacken(canvas)
        return canvas

    def blacken(self, canvas: Image) -> None:
        """Make the polygons black in place, in uint8 (H, W, 3)."""
        height, width = canvas.shape[:2]
        if (width, height) != self._size:
            self._patches = [_patch(polygon, width, height) for polygon in self._polygons]
            self._size = width, height
        for rows, columns, keep in self._patches:
            part = canvas[rows, columns]
            if keep.size == 0:
                part[:] = 0
            else:
                cv2.bitwise_and(part, keep, dst=part)

    def hidden(self, width: int, height: int) -> list[NDArray[np.bool_]]:
        """For each polygon bool (height, width): which pixels it blackens in a picture of that size."""
        return [drawn(polygon, width, height) for polygon in self._polygons]


def drawn(polygon: NDArray[np.float64], width: int, height: int) -> NDArray[np.bool_]:
    """Which pixels a polygon touches, and up to two more along its edge: bool (height, width).

    Args:
        polygon: (N, 2), x and y as fractions of the picture.
        width, height: of the picture, in pixels.
    """
    finer = min(8, max(2, _FINE // max(width, height)))  # drawn in a pixel's own size, slivers would have gaps
    # a pixel's middle is half a pixel from its corner, where fractions are counted from
    points = (polygon * (width * finer, height * finer) - 0.5) * (1 << _FRACTION_BITS)
    fine = np.zeros((height * finer, width * finer), np.uint8)
    cv2.fillPoly(fine, [points.round().astype(np.int32)], (255,), shift=_FRACTION_BITS)
    canvas = fine.reshape(height, finer, width, finer).max(axis=(1, 3))
    return np.asarray(cv2.dilate(canvas, np.ones((3, 3), np.uint8))) > 0


def _patch(polygon: NDArray[np.float64], width: int, height: int) -> tuple[slice, slice, Image]:
    """A polygon's bounding rectangle and what to AND it with; an empty array where all of it is black."""
    mask = drawn(polygon, width, height)
    x, y, w, h = cv2.boundingRect(mask.astype(np.uint8))
    rows, columns = slice(y, y + h), slice(x, x + w)
    inside = mask[rows, columns]
    if inside.all():
        return rows, columns, np.zeros((0, 0, 3), np.uint8)
    return rows, columns, np.repeat(np.where(inside, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
