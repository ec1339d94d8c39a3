"""From a frame of any size to the model's input tensor, and from the model's boxes back to the frame."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edgedet.errors import ModelError
from edgedet.inference.runtime import Tensor
from edgedet.types import Image

PAD = 114
"""The grey that fills a letterbox's bars, as YOLO's training does."""

_LEAST_STD = 1e-6

_TIE = 5e-5
"""How far below a half, in steps, still counts as one: what float32 makes of a scale moves 255 steps by 3e-5."""

_INTEGERS = (np.uint8, np.int8, np.int16)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a frame lies within the model's input, in input pixels.

    >>> place("letterbox", 640, 320, 300, 300)
    Placement(x=0, y=75, width=300, height=150)
    """

    x: int
    y: int
    width: int
    height: int

    def to_frame(
        self, boxes: NDArray[np.float32], input_size: tuple[int, int], frame_size: tuple[int, int]
    ) -> NDArray[np.float32]:
        """Boxes float32 (N, 4) x1, y1, x2, y2 as fractions of the input -> pixels of the frame, not yet clipped.

        Sizes are (width, height).
        """
        scale = np.array(input_size * 2, np.float64)
        offset = np.array((self.x, self.y) * 2, np.float64)
        stretch = np.array((frame_size[0] / self.width, frame_size[1] / self.height) * 2)
        return np.asarray((boxes * scale - offset) * stretch, np.float32)

    def to_input(
        self, boxes: NDArray[np.float32], input_size: tuple[int, int], frame_size: tuple[int, int]
    ) -> NDArray[np.float32]:
        """The inverse of :meth:`to_frame`."""
        scale = np.array(input_size * 2, np.float64)
        offset = np.array((self.x, self.y) * 2, np.float64)
        stretch = np.array((frame_size[0] / self.width, frame_size[1] / self.height) * 2)
        return np.asarray((boxes / stretch + offset) / scale, np.float32)


def place(resize: str, width: int, height: int, input_width: int, input_height: int) -> Placement:
    """Where a ``width`` x ``height`` frame goes: all of the input (``stretch``), or centred with its shape kept."""
    if resize == "stretch":
        return Placement(0, 0, input_width, input_height)
    scale = min(input_width / width, input_height / height)
    w = min(input_width, max(1, round(width * scale)))
    h = min(input_height, max(1, round(height * scale)))
    return Placement((input_width - w) // 2, (input_height - h) // 2, w, h)


class Preprocessor:
    """Resizes a frame and writes it into the input tensor's own memory.

    A pixel has 256 values, so scaling to ``(pixel - mean) / std`` and quantizing to the tensor's type is a table
    of 256 entries a channel, looked up once for each pixel. Where the table only adds a number, as for most int8
    models (pixel - 128), it is added: 0.02 ms instead of 0.22 for 320 x 320 on a desktop's core.

    Args:
        tensor: the model's input: (1, H, W, 1 or 3), uint8, int8, int16 or float32.
        mean, std: the real value of a pixel is (pixel - mean) / std; one for all channels or one for each.
            None: taken from the tensor's own range (see :func:`normalisation`).
        colour: ``RGB`` or ``BGR`` channel order; a one-channel input is always grey.
        resize: ``stretch`` or ``letterbox``.

    Raises:
        ModelError: the input isn't a picture.
    """

    def __init__(
        self,
        tensor: Tensor,
        mean: float | tuple[float, ...] | None = None,
        std: float | tuple[float, ...] | None = None,
        colour: str = "RGB",
        resize: str = "stretch",
    ) -> None:
        shape = tensor.shape
        if len(shape) != 4 or shape[0] != 1 or shape[3] not in (1, 3) or min(shape[1:3]) < 1:
            raise ModelError(f"input {tensor}: not a picture; wanted one of shape (1, height, width, 3)")
        if tensor.dtype not in (*_INTEGERS, np.float32):
            raise ModelError(f"input {tensor}: its type isn't one of uint8, int8, int16, float32")
        self.height, self.width, self.channels = shape[1:]
        self.resize = resize
        self.mean, self.std = normalisation(tensor, mean, std, self.channels)
        self._table = lookup_table(tensor, self.mean, self.std)
        self._shift = shift_of(self._table)
        self._lookup = self._packed(self._table) if self._shift is None else None
        grey, rgb = cv2.COLOR_BGR2GRAY, cv2.COLOR_BGR2RGB
        self._conversion = grey if self.channels == 1 else (rgb if colour == "RGB" else None)
        self._shape, self._dtype = shape, tensor.dtype
        self._scratch = self._new_scratch()
        self._ahead = threading.local()  # room for those who prepare, a thread each

    @staticmethod
    def _packed(table: NDArray[Any]) -> NDArray[Any]:
        """cv2.LUT takes one column for all channels, or one row of channels each."""
        same = bool((table == table[:, :1]).all())
        return np.ascontiguousarray(table[:, 0] if same else table[None])

    def _new_scratch(self) -> list[NDArray[np.uint8]]:
        """Room for the resized picture, and for it with its channels in order."""
        return [np.empty((self.height, self.width, n), np.uint8) for n in (3, self.channels)]

    def __call__(self, image: Image, tensor: NDArray[Any]) -> Placement:
        """Write ``image``, uint8 (H, W, 3) BGR, into ``tensor``, the input's memory; says where it went."""
        return self._write(image, tensor, self._scratch)

    def prepare(self, image: Image) -> tuple[NDArray[Any], Placement]:
        """What :meth:`__call__` would write, in memory of its own, and where the picture is in it. From any thread."""
        tensor = np.empty(self._shape, self._dtype)
        if not hasattr(self._ahead, "scratch"):
            self._ahead.scratch = self._new_scratch()
        return tensor, self._write(image, tensor, self._ahead.scratch)

    def _write(self, image: Image, tensor: NDArray[Any], scratches: list[NDArray[np.uint8]]) -> Placement:
        spot = place(self.resize, image.shape[1], image.shape[0], self.width, self.height)
        rows, columns = slice(spot.y, spot.y + spot.height), slice(spot.x, spot.x + spot.width)
        if (spot.width, spot.height) != (self.width, self.height):
            tensor[0] = self._table[PAD]
        target = tensor[0, rows, columns]
        small: Any = image
        resized, mixed = (scratch[: spot.height, : spot.width] for scratch in scratches)
        if self._shift is not None:  # at once to where they belong: memory that isn't in a cache costs more than sums
            mixed = target.view(np.uint8)
        if self._conversion is None:
            resized = mixed
        if image.shape[:2] != target.shape[:2]:
            small = cv2.resize(small, (spot.width, spot.height), dst=resized)
        if self._conversion is not None:
            small = cv2.cvtColor(small, self._conversion, dst=mixed)
        self._quantize(small, target)
        return spot

    def _quantize(self, pixels: Any, target: NDArray[Any]) -> None:
        """Bring what was resized to ``target`` as the tensor wants it; where that is a shift, it is there already."""
        if self._lookup is not None:
            pixels = cv2.LUT(pixels, self._lookup, dst=target)
        if not np.may_share_memory(pixels, target):  # OpenCV made a copy after all: a layout it can't write to
            target[...] = pixels.reshape(target.shape)
        if self._shift:
            np.add(target.view(np.uint8), self._shift, out=target.view(np.uint8))


def normalisation(
    tensor: Tensor, mean: float | tuple[float, ...] | None, std: float | tuple[float, ...] | None, channels: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and std for each channel, in pixel values.

    Where the model says neither, a quantized input tells by the range its scale and zero point span: 0..255 is
    raw pixels, 0..1 is pixel/255, anything else the TF Object Detection API's -1..1; a float input is taken as -1..1.
    """
    if mean is None or std is None:
        mean, std = _range_of(tensor)
    both = [np.broadcast_to(np.asarray(v, np.float64), (channels,)) for v in (mean, std)]
    if not (
        np.isfinite(both).all() and (np.abs(both[1]) > _LEAST_STD).all() and np.abs(both[0]).max() < 1 / _LEAST_STD
    ):
        raise ModelError(f"input {tensor}: mean {mean} and std {std} can't scale pixels; correct the card or metadata")
    return both[0], both[1]


def _range_of(tensor: Tensor) -> tuple[float, float]:
    if tensor.scale == 0:
        return (127.5, 127.5) if tensor.dtype == np.float32 else (0.0, 1.0)
    limits = np.iinfo(tensor.dtype)
    low = (limits.min - tensor.zero_point) * tensor.scale
    high = (limits.max - tensor.zero_point) * tensor.scale
    if high > 32:
        return 0.0, 1.0
    if low > -0.1 and high < 1.5:
        return 0.0, 255.0
    return 127.5, 127.5


def shift_of(table: NDArray[Any]) -> np.uint8 | None:
    """What a table of one-byte values adds to each pixel, modulo 256; None: it does something else.

    >>> print(shift_of(np.arange(-128, 128, dtype=np.int8)[:, None]))
    128
    """
    if table.dtype.itemsize != 1:
        return None
    added = table.view(np.uint8) - np.arange(256, dtype=np.uint8)[:, None]
    return np.uint8(added[0, 0]) if bool((added == added[0, 0]).all()) else None


def lookup_table(tensor: Tensor, mean: NDArray[np.float64], std: NDArray[np.float64]) -> NDArray[Any]:
    """What each pixel value becomes in the tensor: (256, channels), of the tensor's type.

    With the usual int8 input, -1..1 in steps of 1 / 127.5, every pixel lies halfway between two elements, and only
    float32's noise would choose. Here halves go up, so that the table is a shift: pixel - 128.
    """
    if tensor.dtype == np.float32:  # in float32 throughout, as the models' own training code computes it
        return (np.arange(256, dtype=np.float32)[:, None] - mean.astype(np.float32)) / std.astype(np.float32)
    real = (np.arange(256)[:, None] - mean) / std
    limits = np.iinfo(tensor.dtype)
    if tensor.scale == 0:  # an integer input without quantization: raw pixels, moved to where the type begins
        return np.clip(np.round(real) + min(0, max(limits.min, -128)), limits.min, limits.max).astype(tensor.dtype)
    with np.errstate(over="ignore"):  # a scale of next to nothing saturates
        steps = np.floor(real / tensor.scale + tensor.zero_point + 0.5 + _TIE)
    return np.clip(steps, limits.min, limits.max).astype(tensor.dtype)
