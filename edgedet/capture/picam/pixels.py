"""Pictures out of a camera's buffers, whose rows may be longer than the picture and whose pages than the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edgedet.types import Image

_PACKED: dict[str, tuple[int, int | None]] = {
    "RGB888": (3, None),  # named from the other end: blue, green, red in memory
    "BGR888": (3, cv2.COLOR_RGB2BGR),
    "XRGB8888": (4, cv2.COLOR_BGRA2BGR),
    "XBGR8888": (4, cv2.COLOR_RGBA2BGR),
}
_PLANAR = {
    "YUV420": cv2.COLOR_YUV2BGR_I420,
    "YVU420": cv2.COLOR_YUV2BGR_YV12,
    "NV12": cv2.COLOR_YUV2BGR_NV12,
    "NV21": cv2.COLOR_YUV2BGR_NV21,
}

FORMATS = (*_PACKED, *_PLANAR)
"""Formats that are understood, by libcamera's names."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a stream lies in its buffers.

    Attributes:
        format: libcamera's name of the pixel format, one of :data:`FORMATS`.
        width, height: of the picture, in pixels.
        stride: bytes from one row to the next; of a YUV format, those of its Y plane.
    """

    format: str
    width: int
    height: int
    stride: int

    @classmethod
    def of(cls, stream: dict[str, Any]) -> Layout:
        """From a stream of ``Picamera2.camera_configuration()``."""
        width, height = stream["size"]
        return cls(str(stream["format"]), int(width), int(height), int(stream["stride"]))

    def __str__(self) -> str:
        return f"{self.format} {self.width}x{self.height}"

    @property
    def is_even(self) -> bool:
        """Whether both sides are even, without which there is no half of them for the colour planes."""
        return not (self.width % 2 or self.height % 2)


def to_bgr(buffer: NDArray[np.uint8], layout: Layout) -> Image:
    """The picture in a buffer, as an array of its own: nothing of the buffer is in it.

    The only copy made is the one that is returned, except of a YUV picture whose chroma rows are padded: there the
    planes are brought together first, half as many bytes again as it has pixels.

    Args:
        buffer: uint8 (N,), a mapped buffer; may be longer than the picture (whole pages).
        layout: how the picture lies in it.

    Returns:
        uint8 (H, W, 3) BGR, C-contiguous.

    Raises:
        ValueError: the format isn't one of :data:`FORMATS`, or the buffer is too short.
    """
    width, height, stride = layout.width, layout.height, layout.stride
    if layout.format in _PACKED:
        channels, conversion = _PACKED[layout.format]
        rows = _plane(buffer, 0, height, stride)[:, : width * channels]
        picture = np.lib.stride_tricks.as_strided(rows, (height, width, channels), (stride, channels, 1))
        if conversion is None:
            return np.array(picture, np.uint8, order="C")
        return np.asarray(cv2.cvtColor(picture, conversion), np.uint8)
    if layout.format not in _PLANAR:
        raise ValueError(f"pixel format {layout.format} isn't one of {', '.join(FORMATS)}")
    return np.asarray(cv2.cvtColor(_yuv(buffer, layout), _PLANAR[layout.format]), np.uint8)


def _plane(buffer: NDArray[np.uint8], start: int, rows: int, stride: int) -> NDArray[np.uint8]:
    end = start + rows * stride
    if end > buffer.size:
        raise ValueError(f"a buffer of {buffer.size} bytes is too short for {rows} rows of {stride}")
    return buffer[start:end].reshape(rows, stride)


def _yuv(buffer: NDArray[np.uint8], layout: Layout) -> NDArray[np.uint8]:
    """The planes of a YUV 4:2:0 picture under one another, as OpenCV wants them: (H * 3 / 2, W)."""
    width, height, stride = layout.width, layout.height, layout.stride
    if not layout.is_even:
        raise ValueError(f"{layout}: a YUV picture with an odd side")
    whole = _plane(buffer, 0, height * 3 // 2, stride)
    if stride == width or layout.format in ("NV12", "NV21"):
        return whole[:, :width]  # OpenCV reads rows of any stride
    planes = np.empty((height * 3 // 2, width), np.uint8)
    planes[:height] = whole[:height, :width]
    chroma = whole[height:].reshape(height, stride // 2)[:, : width // 2]
    planes[height:].reshape(height, width // 2)[...] = chroma
    return planes
