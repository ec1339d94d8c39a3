"""gpiozero's way to the pins, and what can be in the way of it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgedet.errors import EdgedetError, ExtraMissing, OutputError

CHIPS = Path("/dev")
"""Where the kernel shows its GPIO chips, as ``gpiochip0`` and so on."""


def open_factory(chips: Path = CHIPS) -> Any:
    """gpiozero's pin factory: lgpio's, the one that knows every board, or what ``GPIOZERO_PIN_FACTORY`` names.

    gpiozero would try four of them, with a warning for each, and at last write to the chip's registers: the first
    one's error says more.

    Args:
        chips: where the chips are; for what to say when they can't be opened.

    Raises:
        ExtraMissing: lgpio isn't installed.
        OutputError: this is no Raspberry Pi, or its pins can't be used by this user.
    """
    from gpiozero import Device

    if os.environ.get("GPIOZERO_PIN_FACTORY"):
        with _explained("GPIOZERO_PIN_FACTORY", chips):
            Device.ensure_pin_factory()
        return Device.pin_factory
    try:
        with _pipe_elsewhere():
            from gpiozero.pins.lgpio import LGPIOFactory
    except ImportError:
        raise ExtraMissing("gpio: lgpio isn't installed; apt install python3-lgpio, or edgedet[gpio]") from None
    with _explained("gpio", chips):
        return LGPIOFactory()


def close_factory(factory: Any) -> None:
    """Give all its pins back; what can't be given back the kernel takes, at the latest when the program ends."""
    from gpiozero import Device

    with contextlib.suppress(Exception):
        factory.close()
    if Device.pin_factory is factory:
        Device.pin_factory = None


@contextlib.contextmanager
def explained(key: str, pin: str) -> Iterator[None]:
    """What goes wrong with a pin, as an OutputError that names the setting and the remedy.

    Args:
        key: the setting's: ``relay``.
        pin: its value.
    """
    try:
        yield
    except EdgedetError:
        raise
    except Exception as error:  # lgpio's own is a plain Exception
        busy = "busy" in str(error).lower() or "in use" in str(error).lower()
        said = "something else has it (an overlay in config.txt, another program)" if busy else str(error)
        raise OutputError(f"gpio.{key}: {pin}: {said}; choose another pin, or free this one: gpioinfo") from None


@contextlib.contextmanager
def _explained(what: str, chips: Path) -> Iterator[None]:
    from gpiozero.exc import GPIOZeroError, PinUnknownPi

    try:
        yield
    except PinUnknownPi:
        raise OutputError("gpio: this isn't a Raspberry Pi; take the pins out of [gpio]") from None
    except (GPIOZeroError, ImportError, KeyError, OSError) as error:
        raise OutputError(f"{what}: its pins can't be used ({error}); leave GPIOZERO_PIN_FACTORY out") from None
    except Exception as error:  # lgpio's own
        found = sorted(chips.glob("gpiochip*"))
        if found and not all(os.access(each, os.R_OK | os.W_OK) for each in found):
            remedy = "this user may not use them; add it to the group gpio: sudo usermod -aG gpio $USER"
        elif found:
            remedy = f"{error}; is the kernel older than its boot files? sudo apt full-upgrade, then reboot"
        else:
            remedy = "the kernel shows none; in a container hand it in with --device /dev/gpiochip0"
        raise OutputError(f"{chips}/gpiochip*: the pins can't be used: {remedy}") from None


@contextlib.contextmanager
def _pipe_elsewhere() -> Iterator[None]:
    """lgpio makes a named pipe in the working directory as it is loaded, which a service may not write to.

    With ``LG_WD`` it goes there and stays there (lg's README, Environment); once the pipe is open its name isn't
    needed any more.
    """
    here = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="edgedet-gpio-") as folder:
        os.environ.setdefault("LG_WD", folder)
        try:
            yield
        finally:
            os.chdir(here)
            if os.environ["LG_WD"] == folder:
                del os.environ["LG_WD"]
