"""A thing on a pin, as :class:`edgedet.gpio.service.Gpio` drives it."""

from __future__ import annotations

from typing import Any, Protocol

from edgedet.events.change import Change


class Part(Protocol):
    """One lamp, button, relay or sensor. Only :meth:`hear` and gpiozero's callbacks come from other threads.

    Attributes:
        key: its setting's: ``relay``.
    """

    key: str

    def open(self, factory: Any) -> None:
        """Take the pin.

        Args:
            factory: gpiozero's pin factory.

        Raises:
            Exception: gpiozero's or lgpio's, if the pin can't be had.
        """

    def hear(self, change: Change) -> None:
        """Note news of an event; never waits."""

    def act(self) -> float:
        """Do what is due; seconds until there is something to do again, infinite where only news can bring it."""

    def close(self) -> None:
        """Put the thing at rest and give the pin back; one that isn't open is fine."""

    def report(self) -> Any:
        """How it stands, ready for JSON; from any thread."""
