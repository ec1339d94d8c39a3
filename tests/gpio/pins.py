"""gpiozero's own pretended pins, and events for them."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from edgedet.config.gpio import GpioConfig
from edgedet.control import Switch
from edgedet.event import Event, Phase
from edgedet.events.change import Change
from edgedet.gpio.pir import Pir
from edgedet.gpio.service import Gpio


def change(phase: Phase = "start", name: str = "a", label: str = "person", rule: str = "person") -> Change:
    """News of an event."""
    now = datetime.now(UTC)
    box = (0.1, 0.1, 0.2, 0.2)
    return Change(Event(name, "camera", label, rule, phase, now, None, 0.0, 0.0, 0.9, box, 0.0, 1))


def pin(number: int) -> Any:
    """A pretended pin of the board."""
    from gpiozero import Device

    return Device.pin_factory.pin(number)


def wait_until(true: Callable[[], object], seconds: float = 3) -> None:
    """Until something is true; else the test fails."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.005)


class Switches:
    """Two cameras' privacy."""

    cameras = ("front", "back")

    def __init__(self) -> None:
        self.private = dict.fromkeys(self.cameras, False)
        self.trouble: Exception | None = None

    def is_on(self, switch: Switch, camera: str) -> bool:
        assert switch == "privacy"
        return self.private[camera]

    def turn(self, switch: Switch, on: bool, camera: str | None = None) -> None:
        if self.trouble is not None:
            raise self.trouble
        assert (switch, camera) == ("privacy", None)
        self.private = dict.fromkeys(self.cameras, on)


@contextlib.contextmanager
def serving(switches: Switches | None = None, sensor: Pir | None = None, **settings: object) -> Iterator[Gpio]:
    """The service, open and running."""
    gpio = Gpio(GpioConfig(**settings), switches or Switches(), sensor)  # type: ignore[arg-type]
    gpio.open()
    thread = threading.Thread(target=gpio.run)
    thread.start()
    try:
        yield gpio
    finally:
        gpio.close()
        thread.join(2)
        assert not thread.is_alive()
