"""What a test camera sees, and how it comes to lie in a buffer."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edgedet.capture.demo import open_demo
from edgedet.capture.picam.pixels import Layout
from edgedet.config import SourceConfig
from edgedet.types import Image

_ORDER = {"BGR888": cv2.COLOR_BGR2RGB, "XRGB8888": cv2.COLOR_BGR2BGRA, "XBGR8888": cv2.COLOR_BGR2RGBA}


class Scene:
    """The demo's photographs, moved about.

    Args:
        width, height: pixels.
        fps: frames a second of the camera's own time; 0.1 to 1000.
    """

    def __init__(self, width: int, height: int, fps: float) -> None:
        rate = min(max(fps, 0.1), 1000.0)
        self._demo = open_demo(SourceConfig(uri="demo:", width=width, height=height, fps=rate, as_fast=True))
        self._demo.open()

    def next(self, transform: Any = None) -> Image:
        """The next picture, flipped as a libcamera.Transform says; uint8 (H, W, 3) BGR, read-only."""
        frame = self._demo.read()
        assert frame is not None  # the demo has no end
        hflip, vflip = bool(getattr(transform, "hflip", False)), bool(getattr(transform, "vflip", False))
        if hflip or vflip:
            return np.asarray(cv2.flip(frame.image, -1 if hflip and vflip else int(hflip)), np.uint8)
        return frame.image

    def close(self) -> None:
        """No more pictures."""
        self._demo.close()


def write(image: Image, layout: Layout, buffer: NDArray[np.uint8]) -> None:
    """Put a picture into a stream's memory, scaled to its size: the inverse of ``pixels.to_bgr``.

    Args:
        image: uint8 (H, W, 3) BGR, of any size.
        layout: how it shall lie there.
        buffer: uint8 (N,).
    """
    width, height, stride = layout.width, layout.height, layout.stride
    if image.shape[:2] != (height, width):
        image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    if layout.format in ("RGB888", *_ORDER):
        packed = image if layout.format == "RGB888" else cv2.cvtColor(image, _ORDER[layout.format])
        rows = packed.reshape(height, -1)
        buffer[: height * stride].reshape(height, stride)[:, : rows.shape[1]] = rows
        return
    planes = cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420)
    buffer[: height * stride].reshape(height, stride)[:, :width] = planes[:height]
    u, v = planes[height:].reshape(2, height // 2, width // 2)
    if layout.format in ("YVU420", "NV21"):
        u, v = v, u
    chroma = buffer[height * stride : height * 3 // 2 * stride]
    if layout.format.startswith("NV"):
        pairs = chroma.reshape(height // 2, stride)
        pairs[:, 0:width:2], pairs[:, 1:width:2] = u, v
    else:
        both = chroma.reshape(2, height // 2, stride // 2)
        both[0, :, : width // 2], both[1, :, : width // 2] = u, v
