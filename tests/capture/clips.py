"""Small videos and pictures made for a test: each frame's brightness is its number."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import av
import cv2
import numpy as np

from edgedet.types import Image

STEP = 8
"""Brightness from one frame to the next: more than codecs and conversions blur."""


def numbered(number: int, width: int = 160, height: int = 120) -> Image:
    """A picture whose brightness says its number, up to 25, over a little texture."""
    image = np.full((height, width, 3), 20 + STEP * number, np.uint8)
    image[: height // 4, : width // 4] = 250  # the upper left corner, to see which way up it is
    return image


def number_of(image: Image) -> int:
    """The number :func:`numbered` drew."""
    height, width = image.shape[:2]
    middle = image[height // 2 : height * 3 // 4, width // 2 : width * 3 // 4]
    return round((float(middle.mean()) - 18) / STEP)


def write_video(
    path: Path,
    frames: int | Iterable[Image] = 20,
    fps: int = 10,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    pixels: str = "yuv420p",
) -> Path:
    """A video of numbered frames, or of these."""
    images = [numbered(n) for n in range(frames)] if isinstance(frames, int) else list(frames)
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, fps)
        assert isinstance(stream, av.VideoStream)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt, stream.gop_size = pixels, 5
        for image in images:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "bgr24")))
        container.mux(stream.encode())
    return path


def jpeg(image: Image) -> bytes:
    """The picture as a JPEG file."""
    return cv2.imencode(".jpg", image)[1].tobytes()
