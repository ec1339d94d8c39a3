"""Text in pictures: measured and drawn with the best font that the installed OpenCV has.

OpenCV 5 brings a TrueType font that knows Latin, Greek, Cyrillic, Hebrew, Arabic, Chinese and more. OpenCV 4 has
stroke fonts for ASCII alone: there accents are dropped and other letters become ``?``.
"""

from __future__ import annotations

import functools
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cv2

from edgedet.types import Image

_TRUETYPE = hasattr(cv2, "FontFace")
_WEIGHT = 500
"""Between regular (400) and semibold (600): thin strokes don't survive JPEG."""

_STROKES = cv2.FONT_HERSHEY_SIMPLEX
_STROKES_PER_PIXEL = 1 / 28
"""Makes the stroke font's capitals as high as the TrueType font's."""

# One thread for all letters. Each that draws or measures text has OpenCV 5.0 unpack all its fonts once more, 6 MB; and
# its cache of glyphs isn't guarded: two threads drawing at once get each other's letters.
_scribe = ThreadPoolExecutor(1, "letters")


@functools.cache
def _font() -> Any:
    return cv2.FontFace("sans")


@functools.lru_cache(256)
def measure(text: str, size: int) -> tuple[int, int, int]:
    """What a line of text takes: its width, its height above the baseline and below it, all in pixels.

    Args:
        text: one line.
        size: of the font, in pixels.
    """
    if not _TRUETYPE:
        plain, scale = to_ascii(text), size * _STROKES_PER_PIXEL
        (width, height), below = cv2.getTextSize(plain, _STROKES, scale, _thickness(size))
        return width, height, below
    # an endless line, or the text would be measured wrapped
    line = (1 << 20, size)
    _, top, width, height = _scribe.submit(cv2.getTextSize, line, text, (0, 0), _font(), size, _WEIGHT).result()
    return width, -top, height + top


def write(canvas: Image, text: str, x: int, baseline: int, size: int, colour: tuple[int, int, int]) -> None:
    """Draw a line of text into ``canvas``, from ``x`` to the right, standing on ``baseline``.

    Args:
        canvas: uint8 (H, W, 3) BGR, drawn into.
        text: one line.
        x, baseline: of its lower left corner, in pixels.
        size: of the font, in pixels.
        colour: blue, green, red; 0 to 255.
    """
    if not _TRUETYPE:
        scale = size * _STROKES_PER_PIXEL
        cv2.putText(canvas, to_ascii(text), (x, baseline), _STROKES, scale, colour, _thickness(size), cv2.LINE_AA)
        return
    _scribe.submit(cv2.putText, canvas, text, (x, baseline), colour, _font(), size, _WEIGHT).result()


def to_ascii(text: str) -> str:
    """The nearest ASCII: accents dropped, what has no Latin letter as ``?``.

    >>> to_ascii("Éléphant"), to_ascii("猫 cat")
    ('Elephant', '? cat')
    """
    letters = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return "".join(letters).encode("ascii", "replace").decode()


def _thickness(size: int) -> int:
    return max(1, round(size / 13))
