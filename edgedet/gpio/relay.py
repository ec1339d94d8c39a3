"""A relay that closes for a while when an event starts."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Any

from edgedet.config.gpio import GpioConfig, gpio_number
from edgedet.events.change import Change

log = logging.getLogger(__name__)


class Relay:
    """See :class:`edgedet.gpio.part.Part`. It opens by the clock, not by an event's end, which may never come.

    An event that starts while it is closed changes nothing; one that starts too soon after it opened closes it a
    little later.

    Args:
        config: its pin, for how long, and for which events.
        clock: seconds.
    """

    key = "relay"

    def __init__(self, config: GpioConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self._config, self._clock = config, clock
        self._device: Any = None
        self._wanted = ""
        self._opens: float | None = None
        self._rests = -math.inf
        self._count = 0

    def open(self, factory: Any) -> None:
        """Take the pin; whatever a crash left behind, the relay is open from now on."""
        self._opens, self._wanted = None, ""
        self._device = output(self._config, factory)

    def hear(self, change: Change) -> None:
        """Note a start."""
        event, config = change.event, self._config
        if event.phase != "start":
            return
        if config.relay_rules and event.rule not in config.relay_rules:
            return
        if config.relay_labels and event.label not in config.relay_labels:
            return
        self._wanted = event.id

    def act(self) -> float:
        """Close it if that is wanted and not too soon, open it when its time is over."""
        now = self._clock()
        if self._opens is not None:
            self._wanted = ""
            if now < self._opens:
                return self._opens - now
            self._device.off()
            self._opens, self._rests = None, now + self._config.relay_pause
            log.info("relay: open")
        if not self._wanted:
            return math.inf
        if now < self._rests:
            return self._rests - now
        log.info("relay: closed for %g s, event %s", self._config.relay_seconds, self._wanted)
        self._wanted, self._opens = "", now + self._config.relay_seconds
        self._device.on()
        self._count += 1
        return self._config.relay_seconds

    def close(self) -> None:
        """Open it."""
        if self._device is not None:
            self._device.off()
            self._device.close()
            self._device = self._opens = None

    def report(self) -> dict[str, Any]:
        """Whether it is closed, and how often it was."""
        return {"closed": self._opens is not None, "count": self._count}


def output(config: GpioConfig, factory: Any) -> Any:
    """The relay's pin, so driven that the relay is open."""
    from gpiozero import DigitalOutputDevice

    return DigitalOutputDevice(
        gpio_number(config.relay), active_high=config.relay_active_high, initial_value=False, pin_factory=factory
    )
