"""A driver for tests that does as it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from edgedet.capture.receiver import Shot
from tests.capture.clips import numbered


class ScriptedDriver:
    """A camera that gives frames at a pace and then does what its script says.

    Args:
        frames: how many shots it gives; -1: no end.
        then: called for the read after the last of them; returns None for an end, raises or blocks as it likes.
        opening: called first; raises or blocks as it likes.
        fps: its pace; 0: as fast as they are taken.
    """

    def __init__(
        self,
        frames: int = -1,
        then: Callable[[threading.Event], None] = lambda _: None,
        opening: Callable[[threading.Event], None] = lambda _: None,
        fps: float = 100,
    ) -> None:
        self.closed = threading.Event()
        self._frames, self._then, self._opening, self._fps = frames, then, opening, fps
        self._given = 0
        self._stop = threading.Event()

    def open(self, stop: threading.Event) -> str:
        self._stop = stop
        self._opening(stop)
        return f"scripted, {self._frames} frames"

    def read(self) -> Shot | None:
        if self._given == self._frames:
            self._then(self._stop)
            return None
        if self._fps:
            self._stop.wait(1 / self._fps)
        number, self._given = self._given, self._given + 1
        return Shot(lambda: numbered(number % 25), time.monotonic())

    def close(self) -> None:
        self.closed.set()
