"""Sources of frames: one protocol, one URI scheme, one driver a module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from edgedet.types import Frame


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What a source is doing, for the monitor.

    Attributes:
        state: ``opening``, ``open``, ``reconnecting``, ``ended`` or ``closed``.
        detail: in words: what was granted (``MJPG 1280x720 30 fps``), or why it is reconnecting.
        reconnects: how often it was opened again after a loss.
    """

    state: str
    detail: str = ""
    reconnects: int = 0


class Source(Protocol):
    """Where frames come from. Opened and read by one thread; :meth:`close` may come from any other.

    Attributes:
        uri: what was asked for, credentials removed.
        live: True if frames come at their own pace and late ones should be dropped; False if every frame counts.
    """

    uri: str
    live: bool

    def open(self) -> None:
        """Get ready to read. Raises SourceError, with a remedy, if that can't be."""

    def read(self) -> Frame | None:
        """The next frame, waiting for it; None when there are no more or the source was closed."""

    def status(self) -> SourceStatus:
        """What it is doing now; safe from any thread, never blocks."""

    def close(self) -> None:
        """Let go of everything and make a waiting :meth:`read` return None soon; twice is fine."""
