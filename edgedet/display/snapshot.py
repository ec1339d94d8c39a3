"""What is on the screen, kept as a file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

import cv2

from edgedet.disk import disk_error, free_path
from edgedet.display.outlines import Outline
from edgedet.display.tile import annotate
from edgedet.errors import OutputError
from edgedet.types import FrameResult

_QUALITY = 92


def save(result: FrameResult, folder: Path, outlines: Sequence[Outline] = (), boxes: bool = True) -> Path:
    """Write a result's picture in its full size, with what is wanted drawn on it; where it is.

    It is called ``CAMERA-YYYYMMDD-HHMMSS.jpg``, the time being UTC; a name that is taken gets a number.

    Args:
        result: the picture, and what was found in it.
        folder: made if it isn't there, with those above it.
        outlines: the zones and lines to draw.
        boxes: whether to draw what was found.

    Raises:
        OutputError: it can't be written.
    """
    frame = result.frame
    picture = annotate(result, frame.width, frame.height, outlines, boxes)
    path = folder / f"{result.camera or 'camera'}-{frame.wall:%Y%m%d-%H%M%S}.jpg"
    half = path.with_name(f".{path.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        good, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        if not good:
            raise OutputError(f"{path}: {frame.width}x{frame.height} pixels are more than a JPEG holds; film smaller")
        with half.open("wb") as file:
            file.write(data.tobytes())
            file.flush()
            os.fsync(file.fileno())
        path = free_path(path)
        half.replace(path)
    except OutputError:
        raise
    except OSError as error:
        with contextlib.suppress(OSError):
            half.unlink()
        raise disk_error(path, error) from None
    return path
