"""Values made of a case's bytes: what libFuzzer changes in the bytes changes in the values."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
_ODD = (0.0, -0.0, 1.0, -1.0, 0.5, float("nan"), float("inf"), float("-inf"), 1e38, -1e38, 1e-45, 320.0, 2.5, 1e308)


class Supply:
    """Takes values from the front of some bytes; where they run out, zeros."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def bytes(self, count: int) -> bytes:
        """The next bytes."""
        taken = self._data[self._at : self._at + count]
        self._at += count
        return taken.ljust(count, b"\0")

    def rest(self) -> bytes:
        """All that is left."""
        taken = self._data[self._at :]
        self._at = len(self._data)
        return taken

    def integer(self, most: int) -> int:
        """0 to ``most``."""
        size = (most.bit_length() + 7) // 8
        return int.from_bytes(self.bytes(size), "little") % (most + 1)

    def choice(self, options: Sequence[T]) -> T:
        """One of them."""
        return options[self.integer(len(options) - 1)]

    def number(self) -> float:
        """Any float: every second time a plain one between -1 and 3, else an odd one or any bits."""
        kind = self.integer(255)
        if kind < 128:
            return self.integer(65535) / 16384 - 1
        if kind < 240:
            return _ODD[kind % len(_ODD)]
        return float(struct.unpack("<d", self.bytes(8))[0])

    def text(self, most: int) -> str:
        """Up to so many bytes as text."""
        return self.bytes(self.integer(most)).rstrip(b"\0").decode("utf-8", "surrogateescape")

    def floats(self, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Odd values here and there among plain ones, however many are wanted."""
        count = int(np.prod(shape))
        seed = np.frombuffer(self.bytes(8), np.uint64)[0]
        values = np.random.default_rng(seed).uniform(-0.2, 1.2, count).astype(np.float32)
        for _ in range(self.integer(15)):
            at, value = self.integer(65535), self.number()
            if count:
                with np.errstate(over="ignore"):
                    values[at % count] = np.float32(value)
        return values.reshape(shape)
