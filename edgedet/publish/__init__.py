"""Where results go: one protocol, one sink a module."""

from __future__ import annotations

from typing import Protocol

from edgedet.types import FrameResult


class Publisher(Protocol):
    """Takes results, one at a time, in a thread of its own (given by the application).

    Attributes:
        name: short, for logs and the monitor: ``mjpeg``, ``jsonl``, ...
    """

    name: str

    def open(self) -> None:
        """Get ready (bind a port, create a file). Raises OutputError, with a remedy, if that can't be."""

    def publish(self, result: FrameResult) -> None:
        """Send or write one result; may block: only this publisher waits."""

    def close(self) -> None:
        """Finish files and let go of ports; twice is fine."""
