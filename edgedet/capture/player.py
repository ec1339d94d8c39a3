"""A source that plays prepared pictures: files and the demo."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from edgedet.capture import SourceStatus
from edgedet.types import Frame, Image

LATE_MOST = 1.0
"""Seconds playback may be behind; more (a suspended machine, a slow disk) is forgiven, not caught up with."""


class Shown(NamedTuple):
    """A picture of a file: uint8 (H, W, 3) BGR, seconds from the file's start, and how many seconds it stays."""

    image: Image
    time: float
    stays: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that waits for its turn.

    Attributes:
        image: uint8 (H, W, 3) BGR.
        index: 0-based count within what it belongs to (a file).
        time: seconds from the start of what it belongs to.
        due: seconds from the start of the whole playback at which it is shown.
        source: what it belongs to.
    """

    image: Image
    index: int
    time: float
    due: float
    source: str


class Player:
    """Gives pictures as frames: each at its time if live, else as fast as they are taken, all of them.

    Args:
        uri: what was asked for.
        live: pace the pictures like a camera's.
        pictures: starts the pictures; called once, by the reading thread.
        detail: what is played, in words, for the monitor.
    """

    def __init__(self, uri: str, live: bool, pictures: Callable[[], Iterator[Picture]], detail: str) -> None:
        self.uri, self.live = uri, live
        self._pictures, self._detail = pictures, detail
        self._playing: Iterator[Picture] = iter(())
        self._start = -math.inf
        self._state = "opening"
        self._closed = threading.Event()

    def open(self) -> None:
        """Start from the first picture."""
        self._playing = self._pictures()
        self._state = "open"

    def read(self) -> Frame | None:
        """The next picture, at its time; None at the end or once closed. Raises SourceError if a file is broken."""
        if self._closed.is_set():
            return None
        picture = next(self._playing, None)
        if picture is None:
            self._state = "ended"
            return None
        elapsed = picture.due
        if self.live:
            if not self._wait_for(picture.due):
                return None
            elapsed += self._start
        now, wall = time.monotonic(), datetime.now(UTC)
        return Frame(picture.image, picture.index, picture.time, elapsed, now, wall, picture.source)

    def _wait_for(self, due: float) -> bool:
        now = time.monotonic()
        if now > self._start + due + LATE_MOST:
            self._start = now - due
        return not self._closed.wait(max(0.0, self._start + due - now))

    def status(self) -> SourceStatus:
        """Whether it plays, and what."""
        return SourceStatus("closed" if self._closed.is_set() else self._state, self._detail)

    def close(self) -> None:
        """Stop playing."""
        self._closed.set()
