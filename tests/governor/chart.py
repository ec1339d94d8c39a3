"""Courses as a picture: temperature, clock and frames a second over the same minutes, a line for each course."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from edgedet.drawing.lettering import measure, write
from edgedet.drawing.palette import WHITE, Colour
from edgedet.types import Image
from tests.governor.plant import Course

WIDTH, PANEL, HEADER, ROW, GAP, LEFT, RIGHT = 1200, 200, 150, 28, 30, 96, 40
SHOWN = 900
"""Seconds that are drawn: then nothing changes any more."""
_GROUND, _LINE, _QUIET, _LIMIT = (28, 24, 22), (60, 54, 50), (170, 160, 152), (80, 80, 235)
_COLOURS: tuple[Colour, ...] = ((94, 120, 240), (233, 180, 86), (115, 200, 60))
"""Of the courses: told apart by colour-blind people too, as the first is the highest everywhere but below."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One quantity.

    Attributes:
        title: with its unit.
        values: of a course.
        low, high: of its axis.
        marks: where lines are drawn and numbered.
        limit: a value that is marked as one not to cross.
    """

    title: str
    values: Callable[[Course], Sequence[float]]
    low: float
    high: float
    marks: tuple[float, ...]
    limit: float | None = None


PANELS = (
    Panel("temperature, °C", lambda course: course.celsius, 55, 90, (60, 70, 80, 90), 80),
    Panel("clock, MHz", lambda course: course.mhz, 600, 1600, (600, 1000, 1500)),
    Panel("frames detected a second", lambda course: course.fps, 0, 20, (0, 10, 20)),
)


def draw(courses: Mapping[str, Course], title: str) -> Image:
    """The picture: uint8 (H, 1200, 3) BGR.

    Args:
        courses: by name; all as long.
        title: of the whole.
    """
    height = HEADER + len(PANELS) * (PANEL + GAP) + 30
    canvas: Image = np.full((height, WIDTH, 3), _GROUND, np.uint8)
    write(canvas, title, LEFT, 38, 26, WHITE)
    for row, ((name, course), colour) in enumerate(zip(courses.items(), _COLOURS, strict=True)):
        y = 68 + row * ROW
        cv2.line(canvas, (LEFT, y), (LEFT + 26, y), colour, 4, cv2.LINE_AA)
        write(canvas, f"{name}: at most {course.hottest:.1f} °C", LEFT + 38, y + 6, 17, WHITE)
        write(canvas, f"{course.inferences:,.0f} frames detected in an hour", LEFT + 500, y + 6, 17, WHITE)
    for number, panel in enumerate(PANELS):
        _panel(canvas, panel, courses, HEADER + number * (PANEL + GAP) + 20)
    return canvas


def _panel(canvas: Image, panel: Panel, courses: Mapping[str, Course], top: int) -> None:
    bottom, right = top + PANEL - 24, WIDTH - RIGHT
    seconds = min(SHOWN, *(len(panel.values(course)) for course in courses.values()))

    def y(value: float) -> int:
        share = (value - panel.low) / (panel.high - panel.low)
        return round(bottom - min(max(share, 0.0), 1.0) * (bottom - top))

    for mark in panel.marks:
        colour = _LIMIT if mark == panel.limit else _LINE
        cv2.line(canvas, (LEFT, y(mark)), (right, y(mark)), colour, 1)
        write(canvas, f"{mark:g}", LEFT - 12 - measure(f"{mark:g}", 16)[0], y(mark) + 6, 16, _QUIET)
    write(canvas, panel.title, LEFT, top - 8, 17, _QUIET)
    if panel.limit is not None:
        text = "from here the firmware holds the clock down"
        write(canvas, text, right - measure(text, 15)[0], y(panel.limit) + 20, 15, _LIMIT)
    for minute in range(0, seconds // 60 + 1, 5):
        x = LEFT + round(minute * 60 / seconds * (right - LEFT))
        text = f"{minute} min"
        write(canvas, text, min(x, right - measure(text, 14)[0]), bottom + 20, 14, _QUIET)
    for course, colour in zip(courses.values(), _COLOURS, strict=True):
        values = panel.values(course)[:seconds]
        xs = LEFT + np.arange(len(values)) / seconds * (right - LEFT)
        line = np.stack((xs, [y(value) for value in values]), axis=1).round().astype(np.int32)
        cv2.polylines(canvas, [line.reshape(-1, 1, 2)], False, colour, 2, cv2.LINE_AA)
