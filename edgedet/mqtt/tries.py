"""What one connection leaves to the next."""

from __future__ import annotations

from dataclasses import dataclass, field

from edgedet.mqtt.told import Told


@dataclass(slots=True)
class Tries:
    """What is remembered from one connection to the next.

    Attributes:
        key: the event that was sent last.
        count: how often it was.
        sent: how many events were, for good.
        told: those that may have to be sent again.
    """

    key: str = ""
    count: int = 0
    sent: int = 0
    told: Told = field(default_factory=lambda: Told(0))

    def begin(self, key: str) -> int:
        """An event is sent: for which time."""
        self.count = self.count + 1 if key == self.key else 1
        self.key = key
        return self.count
