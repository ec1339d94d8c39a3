"""Whoever wants to hear of events."""

from __future__ import annotations

from typing import Protocol

from edgedet.events.change import Change


class Listener(Protocol):
    """Hears of every event, after it is safe on the disk if events are kept at all.

    Called in the keeper's thread, one news after the other: it may write to a disk, but never waits for a network.
    """

    def hear(self, change: Change) -> None:
        """Take news of an event that started, changed or ended; the picture is there when there is a better one."""
