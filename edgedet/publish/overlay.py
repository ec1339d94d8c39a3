"""Boxes, labels and figures, drawn on a copy of a frame."""

from __future__ import annotations

import colorsys
import time
import unicodedata

import cv2
import numpy as np

from edgedet.types import Detections, FrameResult, Image

Colour = tuple[int, int, int]
"""Blue, green, red; 0 to 255."""

# Okabe and Ito's palette, made to be told apart by colour-blind people too (https://jfly.uni-koeln.de/color/).
_PALETTE: tuple[Colour, ...] = (
    (0, 159, 230),
    (233, 180, 86),
    (115, 158, 0),
    (66, 228, 240),
    (167, 121, 204),
    (0, 94, 213),
    (178, 114, 0),
)
_GOLDEN = 0.618033988749895
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_DARK: Colour = (24, 20, 16)
_LIGHT: Colour = (255, 255, 255)


def colour_of(class_id: int) -> Colour:
    """One colour for each class id, the same in every run; past the palette, hues a golden ratio apart."""
    if class_id < len(_PALETTE):
        return _PALETTE[class_id]
    red, green, blue = colorsys.hsv_to_rgb(class_id * _GOLDEN % 1, 0.75, 0.95)
    return int(blue * 255), int(green * 255), int(red * 255)


def caption(result: FrameResult) -> str:
    """Detections per second and how old the frame is now: ``24.8 fps  age 31 ms``."""
    age = (time.monotonic() - result.frame.monotonic) * 1e3
    return f"{result.fps:.1f} fps  age {age:.0f} ms" if result.fps else f"age {age:.0f} ms"


def draw(image: Image, detections: Detections, text: str = "") -> Image:
    """A copy of ``image`` with a box, label and score for each detection, and ``text`` in the top left corner.

    Lines and letters grow with the picture, so that they can be read at 320 pixels across and at 3,840.

    Args:
        image: uint8 (H, W, 3) BGR; left as it is.
        detections: in pixels of ``image``.
        text: a caption; empty: none.
    """
    canvas = image.copy()
    size = min(canvas.shape[:2])
    scale = max(0.38, size / 900)
    line = max(1, round(size / 240))
    # the weakest first, so that the best lies on top
    order = range(len(detections) - 1, -1, -1)
    boxes = np.round(detections.boxes).astype(int).tolist()
    class_ids, scores = detections.class_ids.tolist(), detections.scores.tolist()
    for i in order:
        x1, y1, x2, y2 = boxes[i]
        colour = colour_of(class_ids[i])
        cv2.rectangle(canvas, (x1, y1), (max(x1, x2 - 1), max(y1, y2 - 1)), colour, line, cv2.LINE_8)
    for i in order:
        x1, y1, _, _ = boxes[i]
        label = f"{_plain(detections.labels[class_ids[i]])} {scores[i]:.2f}"
        _plate(canvas, label, x1, y1, scale, colour_of(class_ids[i]), above=True)
    if text:
        _plate(canvas, _plain(text), 0, 0, scale, _DARK, above=False)
    return canvas


def _plate(canvas: Image, text: str, x: int, y: int, scale: float, colour: Colour, above: bool) -> None:
    """Text on a filled plate whose lower (``above``) or upper left corner is at x, y, moved to lie in the picture."""
    thickness = max(1, round(scale * 1.6))
    (width, height), base = cv2.getTextSize(text, _FONT, scale, thickness)
    pad = max(2, round(5 * scale))
    full_width, full_height = width + 2 * pad, height + base + pad
    rows, columns = canvas.shape[:2]
    left = max(0, min(x, columns - full_width))
    top = max(0, min(y - full_height if above and y >= full_height else y, rows - full_height))
    cv2.rectangle(canvas, (left, top), (left + full_width, top + full_height), colour, cv2.FILLED)
    origin = (left + pad, top + height + (pad + 1) // 2)
    cv2.putText(canvas, text, origin, _FONT, scale, _ink(colour), thickness, cv2.LINE_AA)


def _ink(plate: Colour) -> Colour:
    """Black or white, whichever can be read on the plate (relative luminance, WCAG 2)."""
    blue, green, red = plate
    return _DARK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 100 else _LIGHT


def _plain(text: str) -> str:
    """The font knows ASCII alone: accents are dropped, other letters become ``?``."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or "?" * len(text)
