"""Drives what is on the pins, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from typing import Any

from edgedet.config.gpio import GpioConfig
from edgedet.events.change import Change
from edgedet.gpio.button import PrivacyButton, Turns
from edgedet.gpio.factory import close_factory, explained, open_factory
from edgedet.gpio.lamp import Lamp
from edgedet.gpio.part import Part
from edgedet.gpio.pir import Pir
from edgedet.gpio.relay import Relay

log = logging.getLogger(__name__)


class Gpio:
    """A service and a listener. It sleeps until an event, a press or a deadline.

    Args:
        config: what is wired where.
        control: has the switches that a button turns.
        pir: the motion sensor that the cameras ask, if there is one.
    """

    name = "gpio"

    def __init__(self, config: GpioConfig, control: Turns, pir: Pir | None = None) -> None:
        self._config = config
        self._factory: Any = None
        self._wake, self._closed = threading.Event(), threading.Event()
        self._parts: list[Part] = []
        if config.led:
            self._parts.append(Lamp(config))
        if config.privacy_button:
            self._parts.append(PrivacyButton(config, control, self._wake.set))
        if config.relay:
            self._parts.append(Relay(config))
        if pir is not None:
            self._parts.append(pir)

    def open(self) -> None:
        """Take the pins.

        Raises:
            ExtraMissing: a driver isn't installed.
            OutputError: there are no pins, or one can't be had.
        """
        self._factory = open_factory()
        try:
            for part in self._parts:
                with explained(part.key, self._config.pins[part.key]):
                    part.open(self._factory)
        except BaseException:
            self._release()
            raise
        pins = ", ".join(f"{key} {pin}" for key, pin in self._config.pins.items())
        log.info("gpio: %s by %s", pins, type(self._factory).__name__)

    def hear(self, change: Change) -> None:
        """Take news of an event; never waits."""
        for part in self._parts:
            part.hear(change)
        self._wake.set()

    def run(self) -> None:
        """Work until :meth:`close`; then everything is at rest, and the pins are given back."""
        try:
            while not self._closed.is_set():
                wait = min(part.act() for part in self._parts)
                self._wake.wait(min(wait, threading.TIMEOUT_MAX))
                self._wake.clear()
        finally:
            self._release()

    def close(self) -> None:
        """Make :meth:`run` return; from any thread."""
        self._closed.set()
        self._wake.set()

    def report(self) -> dict[str, Any]:
        """How each part stands."""
        return {part.key: part.report() for part in self._parts}

    def _release(self) -> None:
        for part in self._parts:
            try:
                part.close()
            except Exception as error:  # the others still have to come to rest
                log.error("gpio.%s: can't be put at rest: %s", part.key, error)
        if self._factory is not None:
            close_factory(self._factory)
            self._factory = None
