"""Lamp, button, relay and motion sensor on the board's pins, by gpiozero: extra ``edgedet[gpio]``.

::

    events  -> Gpio.hear -> Lamp, Relay -> pins
    pins    -> Button -> Control.turn("privacy")
            -> Pir -> each camera's MotionGate

gpiozero's own drivers do the work: lgpio on a board; with ``GPIOZERO_PIN_FACTORY=mock`` pins that are only pretended,
for trying things out and for tests.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from edgedet.config.gpio import GpioConfig
from edgedet.errors import ExtraMissing
from edgedet.gpio.pir import Pir

if TYPE_CHECKING:
    from edgedet.control import Control
    from edgedet.gpio.service import Gpio

__all__ = ["Pir", "build_gpio", "build_pir", "check_installed"]


def check_installed() -> None:
    """Raise ExtraMissing unless gpiozero is here."""
    if find_spec("gpiozero") is None:
        raise ExtraMissing("gpio: gpiozero isn't installed; install edgedet[gpio]")


def build_pir(config: GpioConfig) -> Pir | None:
    """The motion sensor as the cameras ask it; None: there is none. Its pin is read once :class:`Gpio` is open.

    Args:
        config: the table ``[gpio]``.
    """
    return Pir(config) if config.pir else None


def build_gpio(config: GpioConfig, control: Control, pir: Pir | None) -> Gpio | None:
    """What drives the pins: a Service and Listener, not yet open; None: nothing is wired.

    Args:
        config: the table ``[gpio]``.
        control: whose privacy the button turns.
        pir: of :func:`build_pir`.

    Raises:
        ExtraMissing: gpiozero isn't installed.
    """
    if not config.pins:
        return None
    check_installed()
    from edgedet.gpio.service import Gpio

    return Gpio(config, control, pir)
