"""The buffers a test camera has between its start and its stop, and the frame it has ready."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from edgedet.capture.picam.testcamera.request import Buffers, RigRequest, allocate


class Pool:
    """A few buffers that go round: filled, handed out as a request, given back.

    Args:
        streams: the configuration of each stream.
        count: how many frames there is memory for.
    """

    def __init__(self, streams: dict[str, dict[str, Any]], count: int) -> None:
        self._streams, self._count = streams, count
        self._free = deque(allocate(streams) for _ in range(count))
        self._newest: RigRequest | None = None
        self._changed = threading.Condition()

    def take(self) -> Buffers | None:
        """Memory for one frame; None if all of it is out."""
        with self._changed:
            return self._free.popleft() if self._free else None

    def complete(self, buffers: Buffers, metadata: dict[str, Any]) -> None:
        """Have a filled frame ready for whoever asks; one that nobody asked for goes back."""
        request = RigRequest(buffers, self._streams, metadata, self._recycle)
        with self._changed:
            missed, self._newest = self._newest, request
            self._changed.notify_all()
        if missed is not None:
            missed.release()

    def wait(self, timeout: float | None) -> RigRequest:
        """The frame that is ready, or the next one. Raises TimeoutError if none comes in so many seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._newest is not None, timeout):
                raise TimeoutError
            request, self._newest = self._newest, None
        assert request is not None
        return request

    def flush(self) -> None:
        """Take back the frame that is ready."""
        with self._changed:
            newest, self._newest = self._newest, None
        if newest is not None:
            newest.release()

    @property
    def memory(self) -> list[Buffers]:
        """What isn't out."""
        with self._changed:
            return list(self._free)

    @property
    def held(self) -> int:
        """How many requests are out: being filled or read, or kept by somebody."""
        with self._changed:
            return self._count - len(self._free) - (self._newest is not None)

    def _recycle(self, buffers: Buffers) -> None:
        with self._changed:
            self._free.append(buffers)
