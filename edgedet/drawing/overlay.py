"""Boxes, labels and figures, drawn on a copy of a frame."""

from __future__ import annotations

import time

import cv2

from edgedet.drawing.lettering import measure, write
from edgedet.drawing.palette import BLACK, WHITE, Colour, colour_of, ink_on
from edgedet.types import Detections, FrameResult, Image


def caption(result: FrameResult) -> str:
    """Detections per second, where known, and how old the frame is now: ``24.8 fps  age 31 ms``."""
    age = max(0.0, time.monotonic() - result.frame.monotonic)
    old = f"age {age * 1e3:.0f} ms" if age < 1 else f"age {age:.1f} s"
    return f"{result.fps:.1f} fps  {old}" if result.fps else old


def draw(image: Image, detections: Detections, caption: str = "", scores: bool = True) -> Image:
    """A copy of ``image`` with a box, label and score for each detection.

    Lines and letters grow with the picture, so that they can be read at 320 pixels across and at 3,840. The best
    detection lies on top. A label that is wider than the picture is shortened; one in a picture too small for
    letters is left out.

    Args:
        image: uint8 (H, W, 3) BGR; left as it is.
        detections: in pixels of ``image``.
        caption: text for the lower left corner; empty: none. See :func:`caption`.
        scores: whether the scores stand behind the labels.
    """
    canvas = image.copy()
    size = _text_size(canvas)
    line = round(size / 7)
    rows = list(zip(detections.boxes.round().astype(int).tolist(), *_labels(detections, scores), strict=True))[::-1]
    for (x1, y1, x2, y2), _, colour in rows:
        far = (max(x1, x2 - 1), max(y1, y2 - 1))
        # a dark edge on both sides of the line keeps it visible on a ground of its own colour
        cv2.rectangle(canvas, (x1, y1), far, BLACK, line + 2)
        cv2.rectangle(canvas, (x1, y1), far, colour, line)
    for (x1, y1, _, _), text, colour in rows:
        _plate(canvas, text, x1 - line // 2, y1 - line // 2, size, colour)
    if caption:
        _shade(canvas, caption, size)
    return canvas


def _text_size(canvas: Image) -> int:
    """Of the font in pixels: 11 at 320x180, 15 at 768x432, 29 at 1920x1080, 52 at 3840x2160."""
    smaller: int = min(canvas.shape[:2])
    return max(11, round(6 + smaller * 0.0215))


def _labels(detections: Detections, scores: bool) -> tuple[list[str], list[Colour]]:
    names = [detections.labels[class_id] for class_id in detections.class_ids.tolist()]
    scored = [f"{name} {score:.2f}" for name, score in zip(names, detections.scores.tolist(), strict=True)]
    return scored if scores else names, [colour_of(name) for name in names]


def _plate(canvas: Image, text: str, x: int, y: int, size: int, colour: Colour) -> None:
    """Text on a filled plate standing on the corner x, y, or hanging from it where there is no room above."""
    room = _fit(canvas, text, size)
    if room is None:
        return
    text, width, height, ascent, pad = room
    left = min(max(x, 0), canvas.shape[1] - width)
    top = min(max(y - height if y >= height else y, 0), canvas.shape[0] - height)
    cv2.rectangle(canvas, (left, top), (left + width - 1, top + height - 1), colour, cv2.FILLED)
    write(canvas, text, left + pad, top + pad // 2 + ascent, size, ink_on(colour))


def _shade(canvas: Image, text: str, size: int) -> None:
    """White text in the lower left corner, on the picture darkened: less of it is lost than under a plate."""
    room = _fit(canvas, text, size)
    if room is None:
        return
    text, width, height, ascent, pad = room
    corner = canvas[-height:, :width]
    corner[:] = cv2.convertScaleAbs(corner, alpha=0.3)
    write(canvas, text, pad, canvas.shape[0] - height + pad // 2 + ascent, size, WHITE)


def _fit(canvas: Image, text: str, size: int) -> tuple[str, int, int, int, int] | None:
    """Text cut to the picture's width, its plate's width and height, its ascent and padding; None: there's no room."""
    pad = max(3, size // 3)
    while True:
        width, ascent, descent = measure(text, size)
        if width + 2 * pad <= canvas.shape[1]:
            break
        if len(text) < 3:
            return None
        text = text[:-2].rstrip() + "…"
    height = ascent + descent + 2 * (pad // 2)
    return (text, width + 2 * pad, height, ascent, pad) if height <= canvas.shape[0] else None
