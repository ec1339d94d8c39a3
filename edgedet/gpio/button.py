"""A button that turns privacy of all cameras on and off."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Any, Protocol

from edgedet.config.gpio import GpioConfig, gpio_number
from edgedet.control import Switch
from edgedet.errors import EdgedetError
from edgedet.events.change import Change

log = logging.getLogger(__name__)

BOUNCE = 0.05
"""Seconds within which a contact's bouncing counts as one press."""


class Turns(Protocol):
    """Has the cameras' switches: :class:`edgedet.control.Control`."""

    @property
    def cameras(self) -> tuple[str, ...]:
        """Their names."""

    def is_on(self, switch: Switch, camera: str) -> bool:
        """How a switch of a camera stands."""

    def turn(self, switch: Switch, on: bool, camera: str | None = None) -> None:
        """Turn a switch."""


class PrivacyButton:
    """See :class:`edgedet.gpio.part.Part`. While any camera sees, a press turns privacy on for all; else off for all.

    Args:
        config: its pin, and how long it has to be held.
        control: has the switches.
        wake: called when :meth:`act` has something to do, in gpiozero's thread.
        clock: seconds.
    """

    key = "privacy_button"

    def __init__(
        self,
        config: GpioConfig,
        control: Turns,
        wake: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config, self._control, self._wake, self._clock = config, control, wake, clock
        self._button: Any = None
        self._down: float | None = None
        self._count = 0

    def open(self, factory: Any) -> None:
        """Take the pin. A button that is down already, as one that sticks, has to come up before it counts."""
        from gpiozero import DigitalInputDevice

        # not gpiozero's Button: its thread makes whoever closes it wait while the button is held
        number = gpio_number(self._config.privacy_button)
        self._button = DigitalInputDevice(number, pull_up=True, bounce_time=BOUNCE, pin_factory=factory)
        self._button.when_activated = self._press
        self._button.when_deactivated = self._release
        self._down = None

    def _press(self) -> None:
        self._down = self._clock()
        self._wake()

    def _release(self) -> None:
        if self._config.privacy_hold:
            self._down = None

    def hear(self, change: Change) -> None:
        """Events don't concern it."""

    def act(self) -> float:
        """Turn the switch once it was pressed, or held for long enough."""
        if (down := self._down) is None:
            return math.inf
        if (left := down + self._config.privacy_hold - self._clock()) > 0:
            return left
        self._down = None
        self._count += 1
        on = not all(self._control.is_on("privacy", camera) for camera in self._control.cameras)
        log.info("button: privacy %s", "on" if on else "off")
        try:
            self._control.turn("privacy", on)
        except EdgedetError as error:
            log.error("button: privacy can't be turned %s: %s", "on" if on else "off", error)
        return math.inf

    def close(self) -> None:
        """Give the pin back."""
        if self._button is not None:
            self._button.close()
            self._button = None

    def report(self) -> int:
        """How often it turned the switch."""
        return self._count
