"""One camera's picture as it is shown: scaled first and drawn on then, so that it costs what the window has pixels."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from edgedet.display.outlines import Outline, draw_outlines
from edgedet.drawing.lettering import measure, write
from edgedet.drawing.overlay import draw
from edgedet.types import Detections, FrameResult, Image

_GREY = (170, 170, 170)


def annotate(
    result: FrameResult,
    width: int,
    height: int,
    outlines: Sequence[Outline] = (),
    boxes: bool = True,
    caption: str = "",
) -> Image:
    """A copy of a result's picture, of another size, with what is wanted drawn on it.

    Args:
        result: the picture, and what was found in it.
        width, height: of the copy, in pixels.
        outlines: the zones and lines to draw.
        boxes: whether to draw what was found.
        caption: for the lower left corner; empty: none.
    """
    image, found = result.frame.image, result.detections
    across, down = width / result.frame.width, height / result.frame.height
    canvas = image
    if (width, height) != (result.frame.width, result.frame.height):
        canvas = np.asarray(cv2.resize(image, (width, height), interpolation=_way(across)), np.uint8)
    if outlines:
        canvas = canvas.copy() if canvas is image else canvas
        draw_outlines(canvas, outlines)
    return draw(canvas, found.scale(across, down) if boxes else Detections.empty(found.labels), caption)


def words(text: str, width: int, height: int) -> Image:
    """A black picture with a line of text in its middle: instead of one that isn't there."""
    canvas = np.zeros((height, width, 3), np.uint8)
    size = max(11, round(6 + min(width, height) * 0.03))
    across, above, _ = measure(text, size)
    write(canvas, text, max(0, (width - across) // 2), (height + above) // 2, size, _GREY)
    return canvas


def _way(scale: float) -> int:
    """The mean of all pixels only where the quick way would leave most of them out."""
    return cv2.INTER_AREA if scale <= 0.5 else cv2.INTER_LINEAR
