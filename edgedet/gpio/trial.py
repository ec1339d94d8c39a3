"""The pins without the camera: everything put at rest, or tried out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from edgedet.config.gpio import GpioConfig, gpio_number
from edgedet.gpio import check_installed
from edgedet.gpio.factory import close_factory, explained, open_factory
from edgedet.gpio.relay import output

ON = 1.0
"""Seconds that lamp and relay are on."""


def rest(config: GpioConfig) -> None:
    """Open the relay and put the lamp out, whatever a program that crashed has left.

    Args:
        config: what is wired where.

    Raises:
        ExtraMissing: a driver isn't installed.
        OutputError: a pin can't be had: by a running camera's, for instance.
    """
    with _outputs(config):
        pass


def trial(config: GpioConfig, seconds: float, say: Callable[[str], None]) -> None:
    """Let the lamp shine and the relay close for a second each, then say what button and sensor do.

    Args:
        config: what is wired where.
        seconds: how long to watch the inputs.
        say: takes each line.

    Raises:
        ExtraMissing: a driver isn't installed.
        OutputError: a pin can't be had.
    """
    with _outputs(config) as (factory, outputs):
        for key, device in outputs.items():
            say(f"{key} {config.pins[key]}: on for a second")
            device.on()
            time.sleep(ON)
            device.off()
        _watch(config, factory, seconds, say)


def _watch(config: GpioConfig, factory: Any, seconds: float, say: Callable[[str], None]) -> None:
    from gpiozero import DigitalInputDevice

    words = {"privacy_button": ("up", "down"), "pir": ("quiet", "motion")}
    with ExitStack() as stack:
        inputs = {}
        for key in words.keys() & config.pins.keys():
            with explained(key, config.pins[key]):
                number, pull_up = gpio_number(config.pins[key]), key == "privacy_button"
                device = DigitalInputDevice(number, pull_up=pull_up, pin_factory=factory)
                inputs[key] = stack.enter_context(closing(device))
        known: dict[str, bool] = {}
        deadline = time.monotonic() + seconds
        while inputs and time.monotonic() < deadline:
            for key, device in inputs.items():
                if known.get(key) != (active := bool(device.is_active)):
                    known[key] = active
                    say(f"{key} {config.pins[key]}: {words[key][active]}")
            time.sleep(0.02)


@contextmanager
def _outputs(config: GpioConfig) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The pin factory and what is driven by it, at rest now and in the end."""
    check_installed()
    factory = open_factory()
    from gpiozero import LED

    with ExitStack() as stack:
        stack.callback(close_factory, factory)
        outputs: dict[str, Any] = {}
        for key in ("led", "relay"):
            if key in config.pins:
                with explained(key, config.pins[key]):
                    make = (
                        output(config, factory) if key == "relay" else LED(gpio_number(config.led), pin_factory=factory)
                    )
                outputs[key] = stack.enter_context(closing(make))
                stack.callback(make.off)
        yield factory, outputs
