"""Sources of frames: one protocol, one URI scheme, one driver a module."""

from __future__ import annotations

import importlib
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from edgedet.types import Frame

if TYPE_CHECKING:
    from edgedet.config import SourceConfig

log = logging.getLogger(__name__)


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
        """Take no more frames and let go of everything; twice is fine. A read blocked inside a library ends with
        that library's own timeout."""


_OPENERS = {
    "demo": "demo:open_demo",
    "picam": "picam:open_picam",
    "v4l2": "v4l2:open_v4l2",
    "rtsp": "stream:open_stream",
    "rtsps": "stream:open_stream",
    "http": "stream:open_stream",
    "https": "stream:open_stream",
}


def open_source(config: SourceConfig) -> Source:
    """The source a URI names, not yet open. A device number or ``/dev/video*`` is V4L2, what has no scheme a path.

    Raises:
        SourceError: the URI can't be one, or its path doesn't exist.
    """
    uri = config.uri
    if uri.isdigit() or re.match(r"/dev/video\d", uri):
        scheme = "v4l2"
    else:
        scheme = uri.partition(":")[0].lower() if re.match(r"[A-Za-z][A-Za-z0-9]+:", uri) else ""
    module, _, opener = _OPENERS.get(scheme, "paths:open_path").partition(":")
    source: Source = getattr(importlib.import_module(f"edgedet.capture.{module}"), opener)(config)
    return source
