"""Zones and lines, drawn into a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edgedet.drawing.lettering import measure, write
from edgedet.drawing.palette import BLACK, Colour, colour_of, ink_on
from edgedet.types import Image

if TYPE_CHECKING:  # the process that draws needn't load what reads settings
    from edgedet.config import Config

_EXCLUDED: Colour = (128, 128, 128)


@dataclass(frozen=True, slots=True)
class Outline:
    """A zone's edge, or a line.

    Attributes:
        name: what it is called.
        points: its corners, each x and y from 0 to 1.
        closed: whether the last is joined to the first.
        colour: blue, green, red; 0 to 255.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    closed: bool
    colour: Colour


def outlines_of(config: Config) -> dict[str, tuple[Outline, ...]]:
    """Each camera's zones and lines: each in a colour of its name, and the zones that are excluded in grey."""
    found = {}
    for camera in config.cameras:
        zones = [
            Outline(name, _pairs(zone.polygon), True, _EXCLUDED if zone.exclude else colour_of(name))
            for name, zone in camera.zones.items()
        ]
        lines = [Outline(name, _pairs(line.points), False, colour_of(name)) for name, line in camera.lines.items()]
        found[camera.name] = (*zones, *lines)
    return found


def draw_outlines(canvas: Image, outlines: Sequence[Outline]) -> None:
    """Draw them and their names, each name at its outline's first point.

    Args:
        canvas: uint8 (H, W, 3) BGR, drawn into.
        outlines: what to draw.
    """
    rows, columns = canvas.shape[:2]
    size = max(10, round(5 + min(rows, columns) * 0.018))
    thick = max(1, round(size / 7))
    for each in outlines:
        corners = (np.array(each.points) * (columns - 1, rows - 1)).round().astype(np.int32)
        # a dark edge on both sides of the line keeps it visible on a ground of its own colour
        cv2.polylines(canvas, [corners], each.closed, BLACK, thick + 2, cv2.LINE_AA)
        cv2.polylines(canvas, [corners], each.closed, each.colour, thick, cv2.LINE_AA)
    for each in outlines:
        _name(canvas, each, size)


def _name(canvas: Image, outline: Outline, size: int) -> None:
    rows, columns = canvas.shape[:2]
    width, above, below = measure(outline.name, size)
    pad = max(2, size // 4)
    wide, high = width + 2 * pad, above + below + 2 * pad
    if wide > columns or high > rows:
        return
    x, y = outline.points[0]
    left = min(round(x * columns), columns - wide)
    top = min(round(y * rows), rows - high)
    cv2.rectangle(canvas, (left, top), (left + wide - 1, top + high - 1), outline.colour, cv2.FILLED)
    write(canvas, outline.name, left + pad, top + pad + above, size, ink_on(outline.colour))


def _pairs(points: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in points)
