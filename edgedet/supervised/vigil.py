"""Whether a camera does what it should, by its counters: for who decides about a new start of the program."""

from __future__ import annotations

from typing import Protocol

from edgedet.capture import Source
from edgedet.capture.uri import scheme_of
from edgedet.config import CameraConfig
from edgedet.stats import StageStats

MARGIN = 5.0
"""Seconds more than a source takes to notice for itself that nothing comes: who is late by then won't notice."""

_NETWORK = ("rtsp", "rtsps", "http", "https")


class Watched(Protocol):
    """What is looked at: :class:`edgedet.camera.Camera`.

    Attributes:
        name: for people.
        source: what is read.
        capture, detect: counters of frames.
        looked: inferences.
        detecting: whether anybody wants to know what is in the picture.
    """

    name: str
    source: Source
    capture: StageStats
    detect: StageStats
    looked: int
    detecting: bool

    def is_private(self) -> bool:
        """Whether nothing may be filmed."""


class _Stands:
    """For how long a value has been what it is."""

    def __init__(self) -> None:
        self._value: object = None
        self._since = 0.0

    def seconds(self, value: object, now: float) -> float:
        if value != self._value:
            self._value, self._since = value, now
        return now - self._since


class Vigil:
    """Watches one camera's counters. Used by one thread.

    A network camera that is away is none of its business: it comes back by itself, and a new start wouldn't bring
    it back sooner. A camera of this board may need a new process: some stalls survive closing and opening again.

    Args:
        camera: it.
    """

    def __init__(self, camera: Watched) -> None:
        self._camera = camera
        self.forget()

    def forget(self) -> None:
        """Begin anew: what stood still until now had a reason."""
        self._state, self._captured, self._detected, self._looked = _Stands(), _Stands(), _Stands(), _Stands()

    @property
    def rests(self) -> bool:
        """Whether no frames are to be expected: it is private, or its film has ended."""
        return self._camera.is_private() or self._camera.source.status().state == "ended"

    @property
    def away(self) -> str:
        """Why a network camera isn't there; empty if it is, or is none."""
        status = self._camera.source.status()
        if scheme_of(self._camera.source.uri) not in _NETWORK or status.state not in ("opening", "reconnecting"):
            return ""
        return f"{self._camera.name} is away" + (f" ({status.detail})" if status.detail else "")

    def trouble(self, now: float, config: CameraConfig, heal_within: float, turn: float = 0.0) -> str:
        """Why a new start might help; empty if all is well, or it wouldn't.

        Args:
            now: ``time.monotonic()``; asked every second or so.
            config: the camera's settings.
            heal_within: seconds a camera of this board may be without frames; 0: as long as it likes.
            turn: seconds the detector is meant to take until it comes back to this camera.
        """
        camera, source = self._camera, self._camera.source
        if self.rests:
            self.forget()
            return ""
        status = source.status()
        is_open = status.state == "open"
        stood = self._state.seconds((status.state, status.reconnects), now)
        silent = self._captured.seconds(camera.capture.frames, now)
        undetected = self._detected.seconds(camera.detect.frames, now)
        unseen = self._looked.seconds((camera.looked, camera.detecting), now)
        late = config.source.stall_timeout + MARGIN
        if is_open and min(stood, silent) > late:
            return f"{camera.name}: no frame for {silent:.0f} s, and the source hasn't noticed"
        if scheme_of(source.uri) not in _NETWORK and heal_within and silent > max(heal_within, late):
            why = f" ({status.detail})" if status.detail and not is_open else ""
            return f"{camera.name}: no frame for {silent:.0f} s{why}"
        if is_open and min(stood, undetected) > late + turn:
            return f"{camera.name}: frames come, but the detector has taken none for {undetected:.0f} s"
        if is_open and camera.detecting and min(stood, unseen) > late + turn + config.motion.every:
            return f"{camera.name}: frames come, but no inference for {unseen:.0f} s"
        return ""
