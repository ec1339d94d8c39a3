"""A passive infrared sensor that says whether anything moves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from edgedet.config.gpio import GpioConfig, gpio_number
from edgedet.events.change import Change
from edgedet.events.motion import Outside


class Pir:
    """See :class:`edgedet.gpio.part.Part`. While its pin can't be read, something always moves: better looked at in
    vain than missed.

    Args:
        config: its pin, its hold time and what it decides.
        clock: seconds, for the hold time.
    """

    key = "pir"

    def __init__(self, config: GpioConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self._config, self._clock = config, clock
        self._sensor: Any = None
        self._high, self._until = True, math.inf

    def of(self, camera: str) -> Outside | None:
        """What a camera's motion gate asks; None: the sensor doesn't watch for it."""
        return Outside(self.moves, self._config.pir_mode) if self._config.pir_watches(camera) else None

    def moves(self) -> bool:
        """Whether something does, or did within the hold time; from any thread, at no cost."""
        return self._high or self._clock() < self._until

    def open(self, factory: Any) -> None:
        """Take the pin: high is motion, as with nearly all such sensors."""
        from gpiozero import DigitalInputDevice

        self._sensor = DigitalInputDevice(gpio_number(self._config.pir), pull_up=False, pin_factory=factory)
        self._sensor.when_activated = self._rise
        self._sensor.when_deactivated = self._fall
        if self._sensor.is_active:
            self._rise()
        else:
            self._fall()

    def _rise(self) -> None:
        self._high = True

    def _fall(self) -> None:
        self._until = self._clock() + self._config.pir_hold
        self._high = False

    def hear(self, change: Change) -> None:
        """Events don't concern it."""

    def act(self) -> float:
        """Its edges come by themselves."""
        return math.inf

    def close(self) -> None:
        """Give the pin back."""
        self._high, self._until = True, math.inf
        if self._sensor is not None:
            self._sensor.close()
            self._sensor = None

    def report(self) -> bool:
        """Whether something moves."""
        return self.moves()
