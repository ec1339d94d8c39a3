"""Frames handed from one process to another without a pipe's copies: a piece of memory that both have mapped."""

from __future__ import annotations

import mmap
import os
from collections.abc import Sequence

import numpy as np

from edgedet.types import Image


class FrameMemory:
    """Pixels that two processes share; nameless, so that nothing is left behind however they end.

    Args:
        handle: an open file of memory, from :meth:`create` here or in the process that started this one.
    """

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self._map: mmap.mmap | None = None

    @classmethod
    def create(cls) -> FrameMemory:
        """A new one, empty; its ``handle`` is for the other process. It grows as needed. See memfd_create(2)."""
        return cls(os.memfd_create("edgedet-display"))

    def write(self, images: Sequence[Image]) -> list[int]:
        """Put pictures one behind the other, over what was there; where each begins, in bytes."""
        ends = np.cumsum([image.nbytes for image in images]).tolist()
        offsets = [0, *ends[:-1]]
        if os.fstat(self.handle).st_size < ends[-1]:
            os.ftruncate(self.handle, ends[-1])
        for image, offset in zip(images, offsets, strict=True):
            np.copyto(self.view(offset, image.shape), image)
        return offsets

    def view(self, offset: int, shape: tuple[int, ...]) -> Image:
        """The pixels that begin there; no copy."""
        end = offset + int(np.prod(shape))
        if self._map is None or len(self._map) < end:
            self._map = mmap.mmap(self.handle, 0)  # the other process may have made it longer
        return np.ndarray(shape, np.uint8, self._map, offset)

    def close(self) -> None:
        """Let go of it; twice is fine."""
        if self.handle >= 0:
            os.close(self.handle)
        self.handle, self._map = -1, None
