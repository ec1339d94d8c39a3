"""A day of events as a picture: a row for each camera and label, a bar for each event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

import cv2
import numpy as np

from edgedet.drawing.lettering import measure, write
from edgedet.drawing.palette import WHITE, Colour, colour_of, ink_on
from edgedet.events.day import Day, Entry, best_of, lanes, lasting
from edgedet.types import Image

WIDTH = 1600
"""Of the picture, in pixels."""
PICTURES = 6
"""Thumbnails shown, of the events with the best scores."""

_EDGE, _NAMES, _COUNTS = 32, 200, 64
_HEADER, _AXIS, _CAMERA, _ROW, _CAPTION = 84, 30, 40, 46, 52
_GAP = 16
_LEFT, _RIGHT = _EDGE + _NAMES, WIDTH - _EDGE - _COUNTS
_THUMB = (WIDTH - 2 * _EDGE - (PICTURES - 1) * _GAP) // PICTURES, 140
_NARROWEST = 4
"""Pixels of a bar: an event of a second can still be seen."""
_GROUND, _FUTURE, _ROW_GROUND = (28, 24, 22), (22, 19, 17), (40, 35, 32)
_LINE, _STRONG_LINE, _QUIET = (52, 46, 42), (84, 75, 70), (170, 160, 152)


def draw(day: Day) -> Image:
    """The picture: uint8 (H, 1600, 3) BGR, as high as its rows and thumbnails need.

    Kept events carry a diamond; one that goes on has no right end; numbers lead to the thumbnails below.
    """
    entries = sorted(day.entries, key=lambda e: (e.event.camera, e.event.label, e.event.started))
    best = best_of(entries, PICTURES)
    cameras = [(name, list(each)) for name, each in groupby(entries, key=lambda e: e.event.camera)]
    labels = sum(len({e.event.label for e in each}) for _, each in cameras)
    plot = _HEADER + _AXIS
    bottom = plot + max(1, len(cameras)) * _CAMERA + max(1, labels) * _ROW
    height = bottom + _EDGE + (_THUMB[1] + _CAPTION + _EDGE // 2 if best else 0)
    canvas = np.full((height, WIDTH, 3), _GROUND, np.uint8)
    _draw_header(canvas, day)
    _draw_hours(canvas, day, plot, bottom)
    numbers = {id(entry): number for number, entry in enumerate(best, 1)}
    y = plot
    for camera, of_camera in cameras:
        write(canvas, _fitting(camera, 18, _NAMES - 8), _EDGE, y + _CAMERA - 12, 18, WHITE)
        y += _CAMERA
        for label, row in groupby(of_camera, key=lambda e: e.event.label):
            _draw_row(canvas, day, y, label, list(row), numbers)
            y += _ROW
    if not entries:
        canvas[plot + _CAMERA : bottom - 20, _LEFT + 1 : _RIGHT] = _GROUND
        _write_middle(canvas, "nothing happened", (_LEFT + _RIGHT) // 2, plot + _CAMERA + _ROW // 2, 22, _QUIET)
    for number, entry in enumerate(best):
        _draw_thumbnail(canvas, day, entry, number + 1, bottom + _EDGE)
    return canvas


def _draw_header(canvas: Image, day: Day) -> None:
    local = day.begin.astimezone(day.zone)
    write(canvas, f"{local:%A} {local.day} {local:%B %Y}", _EDGE, 54, 32, WHITE)
    count, kept = len(day.entries), sum(entry.kept for entry in day.entries)
    text = f"{count} event{'s' * (count != 1)}" + (f", {kept} kept" if kept else "")
    width = measure(text, 20)[0]
    write(canvas, text, WIDTH - _EDGE - width, 54, 20, _QUIET)
    if kept:
        _diamond(canvas, WIDTH - _EDGE - width - 18, 47)


def _draw_hours(canvas: Image, day: Day, top: int, bottom: int) -> None:
    """A line for each hour that the day has, which is 23 or 25 when the clocks are changed."""
    now = _x(day, day.now)
    canvas[top:bottom, now:_RIGHT] = _FUTURE
    time = day.begin
    while time <= day.end:
        x, hour = _x(day, time), time.astimezone(day.zone).hour
        cv2.line(canvas, (x, top), (x, bottom), _STRONG_LINE if hour % 6 == 0 else _LINE, 1)
        if hour % 2 == 0:
            text = "24:00" if time == day.end else day.clock(time)
            _write_middle(canvas, text, x, top - 14, 15, _QUIET)
        time += timedelta(hours=1)
    if day.begin < day.now < day.end:
        cv2.line(canvas, (now, top - 4), (now, bottom), WHITE, 1)


def _draw_row(canvas: Image, day: Day, top: int, label: str, row: Sequence[Entry], numbers: dict[int, int]) -> None:
    """The bars of one camera and label, on a ground of their own; where some overlap they share its height."""
    colour = colour_of(label)
    low, high = top + 10, top + _ROW - 12
    write(canvas, _fitting(label, 17, _NAMES - 26), _EDGE + 18, top + _ROW // 2 + 6, 17, colour)
    count = str(len(row))
    write(canvas, count, WIDTH - _EDGE - measure(count, 17)[0], top + _ROW // 2 + 6, 17, _QUIET)
    cv2.line(canvas, (_LEFT, top + _ROW - 1), (_RIGHT, top + _ROW - 1), _LINE, 1)
    spans = [_span(day, entry) for entry in row]
    for entry, (x1, x2), (lane, count_of_lanes) in zip(row, spans, lanes(spans), strict=True):
        step = (high - low) / count_of_lanes
        y1, y2 = round(low + lane * step), max(round(low + lane * step), round(low + (lane + 1) * step) - 2)
        cv2.rectangle(canvas, (x1, y1), (x2, y2), colour, cv2.FILLED)
        if entry.event.phase != "end":
            _fade(canvas, x2, y1, y2, colour)
    for entry, (x1, x2) in zip(row, spans, strict=True):
        if entry.kept:
            _diamond(canvas, (x1 + x2) // 2, low - 3)
        if id(entry) in numbers:
            _badge(canvas, (x1 + x2) // 2, high + 4, numbers[id(entry)])


def _x(day: Day, time: datetime) -> int:
    """Where a time is, in pixels from the left; before and after the day at its edges."""
    return _LEFT + round(day.part(time) * (_RIGHT - _LEFT))


def _span(day: Day, entry: Entry) -> tuple[int, int]:
    x1, x2 = _x(day, entry.event.started), _x(day, entry.until)
    if x2 - x1 < _NARROWEST:
        x1 = min(x1, _RIGHT - _NARROWEST)
        x2 = x1 + _NARROWEST
    return x1, x2


def _fade(canvas: Image, x: int, y1: int, y2: int, colour: Colour) -> None:
    """The open end of an event that goes on."""
    part = canvas[y1 : y2 + 1, x : x + 24]
    weight = np.linspace(1, 0, part.shape[1])[None, :, None]
    part[:] = (weight * np.array(colour) + (1 - weight) * part).round()


def _diamond(canvas: Image, x: int, y: int) -> None:
    points = np.array([[x, y - 7], [x + 7, y], [x, y + 7], [x - 7, y]], np.int32)
    cv2.fillConvexPoly(canvas, points, WHITE, cv2.LINE_AA)
    cv2.polylines(canvas, [points], True, _GROUND, 1, cv2.LINE_AA)


def _badge(canvas: Image, x: int, y: int, number: int) -> None:
    cv2.circle(canvas, (x, y), 9, _GROUND, cv2.FILLED, cv2.LINE_AA)
    cv2.circle(canvas, (x, y), 8, WHITE, cv2.FILLED, cv2.LINE_AA)
    _write_middle(canvas, str(number), x, y, 12, ink_on(WHITE))


def _draw_thumbnail(canvas: Image, day: Day, entry: Entry, number: int, top: int) -> None:
    """A thumbnail, whole, on a ground of one size for all, with what and when below."""
    if entry.thumbnail is None:
        return
    width, height = _THUMB
    left = _EDGE + (number - 1) * (width + _GAP)
    canvas[top : top + height, left : left + width] = _ROW_GROUND
    scale = min(width / entry.thumbnail.shape[1], height / entry.thumbnail.shape[0])
    size = [max(1, round(side * scale)) for side in entry.thumbnail.shape[1::-1]]
    image = cv2.resize(entry.thumbnail, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    x, y = left + (width - size[0]) // 2, top + (height - size[1]) // 2
    canvas[y : y + size[1], x : x + size[0]] = image
    _badge(canvas, left + 14, top + 14, number)
    event = entry.event
    cv2.rectangle(canvas, (left, top + height), (left + width - 1, top + height + 3), colour_of(event.label), -1)
    when = f"{day.clock(event.started)}  {event.label} {event.best_score:.2f}"
    seconds = (entry.until - event.started).total_seconds()
    write(canvas, _fitting(when, 17, width), left, top + height + 24, 17, WHITE)
    write(canvas, _fitting(f"{event.camera}, {lasting(seconds)}", 15, width), left, top + height + 46, 15, _QUIET)


def _write_middle(canvas: Image, text: str, x: int, y: int, size: int, colour: Colour) -> None:
    """Text around a point."""
    width, ascent, _ = measure(text, size)
    write(canvas, text, x - width // 2, y + ascent // 2, size, colour)


def _fitting(text: str, size: int, width: int) -> str:
    """Text cut to a width."""
    if measure(text, size)[0] <= width:
        return text
    while text and measure(text + "…", size)[0] > width:
        text = text[:-1]
    return text.rstrip() + "…"
