"""Sources of frames: one protocol, one URI scheme, one driver a module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from edgedet.capture.redact import redact
from edgedet.capture.uri import scheme_of
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.types import Frame


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What a source is doing, for the monitor.

    Attributes:
        state: ``opening``, ``open``, ``reconnecting``, ``ended`` or ``closed``.
        detail: in words: what was granted (``MJPG 1280x720 30 fps``), or why it is reconnecting.
        reconnects: how often it was opened again after a loss.
        since: ``time.monotonic()`` seconds when this state began; while it reconnects, when it was lost; 0
            where that isn't known.
    """

    state: str
    detail: str = ""
    reconnects: int = 0
    since: float = 0.0


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


_DRIVERS = {
    "": "edgedet.capture.paths:open_path",
    "demo": "edgedet.capture.demo:open_demo",
    "v4l2": "edgedet.capture.v4l2:open_camera",
    "picam": "edgedet.capture.picam:open_camera",
    **dict.fromkeys(("rtsp", "rtsps", "http", "https"), "edgedet.capture.stream:open_stream"),
}


def open_source(config: SourceConfig) -> Source:
    """The source a configuration names; its driver is imported only now. Not opened yet.

    Raises:
        SourceError: the scheme is unknown, the address makes no sense, or a path leads to nothing.
    """
    scheme = scheme_of(config.uri)
    if scheme not in _DRIVERS:
        known = ", ".join(f"{name}:" for name in _DRIVERS if name)
        raise SourceError(f"{redact(config.uri)}: unknown kind of source {scheme}:; use a path or one of {known}")
    module, function = _DRIVERS[scheme].split(":")
    opener: Callable[[SourceConfig], Source] = getattr(import_module(module), function)
    return opener(config)
