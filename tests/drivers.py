"""A source and a publisher for tests: drivers like any other, that can be told to misbehave."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from edgedet.capture import SourceStatus
from edgedet.errors import OutputError, SourceError
from edgedet.types import Frame, FrameResult, Image


class PictureSource:
    """Gives one picture over and over.

    Args:
        image: uint8 (H, W, 3) BGR.
        count: how many frames; 0: endless.
        fps: pace; 0: as fast as they are taken.
        live: as of :class:`edgedet.capture.Source`.
        fail_at: the frame at which reading fails.
        hang_at: the frame at which reading blocks until closed.
    """

    uri = "test:"

    def __init__(
        self, image: Image, count: int = 0, fps: float = 0, live: bool = False, fail_at: int = -1, hang_at: int = -1
    ) -> None:
        self.live = live
        self._image, self._count, self._fps = image, count, fps
        self._fail_at, self._hang_at = fail_at, hang_at
        self._index = 0
        self._closed = threading.Event()

    def open(self) -> None:
        pass

    def read(self) -> Frame | None:
        index = self._index
        if self._closed.is_set() or (self._count and index == self._count):
            return None
        if index == self._hang_at:
            self._closed.wait()
            return None
        if index == self._fail_at:
            raise SourceError("test:: broke at a frame; use another source")
        if self._fps:
            self._closed.wait(1 / self._fps)
        self._index += 1
        return Frame(self._image.copy(), index, index / 10, index / 10, time.monotonic(), datetime.now(UTC), self.uri)

    def status(self) -> SourceStatus:
        return SourceStatus("closed" if self._closed.is_set() else "open")

    def close(self) -> None:
        self._closed.set()


class Collector:
    """Keeps what it is given; ``before`` runs first and may raise or take its time."""

    def __init__(self, name: str = "collector", before: Callable[[int], None] | None = None) -> None:
        self.name = name
        self.results: list[FrameResult] = []
        self.opened = self.closed = self.calls = 0
        self.before = before

    def open(self) -> None:
        self.opened += 1

    def publish(self, result: FrameResult) -> None:
        self.calls += 1
        if self.before is not None:
            self.before(self.calls)
        self.results.append(result)

    def close(self) -> None:
        self.closed += 1


def disk_full(from_call: int) -> Callable[[int], None]:
    """For :class:`Collector`: the disk is full from this call on."""

    def before(call: int) -> None:
        if call >= from_call:
            raise OutputError("/full: no space left on device; free some")

    return before


def blank(width: int = 160, height: int = 120) -> Image:
    """A grey picture."""
    return np.full((height, width, 3), 90, np.uint8)
