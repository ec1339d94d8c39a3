"""A completed request of the test camera, and the memory behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PAGE = 4096

Buffers = dict[str, NDArray[np.uint8]]
"""The memory of each stream, uint8 (N,): whole pages."""


def allocate(streams: dict[str, dict[str, Any]]) -> Buffers:
    """Memory for one frame of each stream."""
    sizes = {name: -(-stream["framesize"] // _PAGE) * _PAGE for name, stream in streams.items()}
    return {name: np.zeros(size, np.uint8) for name, size in sizes.items()}


class RigRequest:
    """Stands where picamera2's CompletedRequest would.

    Args:
        buffers: the memory it was given; goes back with the last :meth:`release`.
        config: the configuration of each stream.
        metadata: what is known of the frame.
        give_back: takes the memory.
    """

    def __init__(
        self,
        buffers: Buffers,
        config: dict[str, dict[str, Any]],
        metadata: dict[str, Any],
        give_back: Callable[[Buffers], None],
    ) -> None:
        self.buffers, self.config = buffers, config
        self._metadata, self._give_back = metadata, give_back
        self._uses, self._lock = 1, threading.Lock()

    def acquire(self) -> None:
        """Keep it for longer: one more :meth:`release` is wanted. Raises RuntimeError once it has gone back."""
        with self._lock:
            if self._uses <= 0:
                raise RuntimeError("CompletedRequest: acquiring lock with ref_count 0")
            self._uses += 1

    def release(self) -> None:
        """Give it back; the last one counts. Raises RuntimeError if it has gone back already."""
        with self._lock:
            self._uses -= 1
            if self._uses < 0:
                raise RuntimeError("CompletedRequest: lock now has negative ref_count")
            if self._uses == 0:
                self._give_back(self.buffers)
                self.buffers = {}

    def make_buffer(self, name: str) -> NDArray[np.uint8]:
        """A copy of a stream's memory, uint8 (N,). Raises RuntimeError if there is no such stream."""
        if name not in self.buffers:
            raise RuntimeError(f"Stream {name!r} is not defined")
        return self.buffers[name].copy()

    def make_array(self, name: str) -> NDArray[np.uint8]:
        """A copy of a stream's rows: (H, W, channels), or (H * 3 / 2, stride) of a YUV 4:2:0 one."""
        stream, buffer = self.config[name], self.make_buffer(name)
        (width, height), stride = stream["size"], stream["stride"]
        if stream["format"].startswith(("YUV", "YVU", "NV")):
            return buffer[: height * 3 // 2 * stride].reshape(height * 3 // 2, stride)
        channels = 3 if stream["format"].endswith("888") and len(stream["format"]) == 6 else 4
        rows = buffer[: height * stride].reshape(height, stride)[:, : width * channels]
        return np.ascontiguousarray(rows).reshape(height, width, channels)

    def get_metadata(self) -> dict[str, Any]:
        """What is known of the frame: ``SensorTimestamp`` in nanoseconds of the boot clock, and more."""
        return dict(self._metadata)


class MappedArray:
    """Stands where picamera2's MappedArray would: a stream's memory itself, while the context lasts.

    Args:
        request: it.
        stream: ``main`` or ``lores``.
        reshape: must be False: only the bytes as they lie are served.
        write: whether it will be written to; all the same here.

    Attributes:
        array: uint8 (N,).
    """

    def __init__(self, request: RigRequest, stream: str, reshape: bool = True, write: bool = True) -> None:  # noqa: ARG002
        if reshape:
            raise NotImplementedError("the test camera maps buffers with reshape=False only")
        if stream not in request.buffers:
            raise RuntimeError(f"Stream {stream!r} is not defined")
        self.array = request.buffers[stream]

    def __enter__(self) -> MappedArray:
        return self

    def __exit__(self, *_: object) -> None:
        del self.array
