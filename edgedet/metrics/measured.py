"""What figures are read from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from edgedet.control import Switch
from edgedet.monitor import Monitor
from edgedet.settings import Settings


class Measured(Protocol):
    """The part of :class:`edgedet.control.Control` that has figures; from any thread."""

    @property
    def monitor(self) -> Monitor:
        """Every stage's counters."""

    @property
    def cameras(self) -> tuple[str, ...]:
        """Their names."""

    @property
    def settings(self) -> Settings:
        """Those in force."""

    @property
    def storage(self) -> Path | None:
        """The folder events are kept in; None: they aren't."""

    def report(self) -> dict[str, Any]:
        """Everything measured: see :meth:`edgedet.monitor.Monitor.report`."""

    def has(self, switch: Switch) -> bool:
        """Whether there is such a switch."""

    def is_on(self, switch: Switch, camera: str) -> bool:
        """How a switch of a camera stands."""
