"""A lamp that shines, or blinks, while an event is open."""

from __future__ import annotations

import math
from typing import Any

from edgedet.config.gpio import GpioConfig, gpio_number
from edgedet.events.change import Change

BLINK = 0.5
"""Seconds a blinking lamp is on, and off."""


class Lamp:
    """See :class:`edgedet.gpio.part.Part`.

    Args:
        config: its pin, and whether it blinks.
    """

    key = "led"

    def __init__(self, config: GpioConfig) -> None:
        self._config = config
        self._events: set[str] = set()
        self._led: Any = None
        self._shines = False

    def open(self, factory: Any) -> None:
        """Take the pin; the lamp is dark."""
        from gpiozero import LED

        self._led, self._shines = LED(gpio_number(self._config.led), pin_factory=factory), False

    def hear(self, change: Change) -> None:
        """Note which events are open."""
        if change.event.phase == "end":
            self._events.discard(change.event.id)
        else:
            self._events.add(change.event.id)

    def act(self) -> float:
        """Switch it."""
        if (shine := bool(self._events)) != self._shines:
            self._shines = shine
            if not shine:
                self._led.off()
            elif self._config.led_blink:
                self._led.blink(BLINK, BLINK)
            else:
                self._led.on()
        return math.inf

    def close(self) -> None:
        """Put it out."""
        if self._led is not None:
            self._led.off()
            self._led.close()
            self._led = None

    def report(self) -> bool:
        """Whether it shines."""
        return self._shines
