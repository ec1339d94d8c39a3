"""What runs beside the pipeline, in a thread of its own: a web server, a broker's client, a sender of messages."""

from __future__ import annotations

from typing import Any, Protocol


class Service(Protocol):
    """Runs from the application's start to its end. One that fails is logged and, after a pause, opened and run again.

    Attributes:
        name: short, for logs and the monitor: ``web``, ``mqtt``, ...
    """

    name: str

    def open(self) -> None:
        """Get ready (bind a port, read a certificate). Raises EdgedetError, with a remedy, if that can't be."""

    def run(self) -> None:
        """Work until :meth:`close`; in a thread given by the application."""

    def close(self) -> None:
        """Make :meth:`run` return within a second or so; from any thread, twice is fine."""

    def report(self) -> dict[str, Any]:
        """How it goes, ready for JSON; from any thread."""
