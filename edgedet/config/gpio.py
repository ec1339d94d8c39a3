"""What is wired to the board's pins."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator

from edgedet.config.section import Section, key

_HEADER = {
    3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25, 23: 11,
    24: 8, 26: 7, 27: 0, 28: 1, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
}  # fmt: skip
"""The GPIO at each pin of the header of 40 that every board since the B+ has (Raspberry Pi documentation, GPIO)."""
_NAME = re.compile(r"(?:(GPIO|BCM)?|(BOARD|J8:))(\d{1,2})")
PINS = ("led", "privacy_button", "relay", "pir")
"""The keys that name a pin."""


def gpio_number(name: str) -> int:
    """The GPIO a name stands for; gpiozero takes the same names.

    >>> gpio_number("17"), gpio_number("GPIO17"), gpio_number("BOARD11")
    (17, 17, 17)

    Args:
        name: ``17``, ``GPIO17`` and ``BCM17`` are GPIO 17; ``BOARD11`` and ``J8:11`` the eleventh pin of the header.

    Raises:
        ValueError: the header has no such pin, or it is no GPIO.
    """
    found = _NAME.fullmatch(name.strip().upper())
    if found is None:
        raise ValueError(f'"{name}" is no pin; name it as 17, "GPIO17" or "BOARD11"')
    number = int(found[3])
    if found[2]:
        if number not in _HEADER:
            raise ValueError(f'"{name}" is no GPIO; of the header these are: {", ".join(map(str, _HEADER))}')
        return _HEADER[number]
    if number not in _HEADER.values():
        raise ValueError(f'"{name}" doesn\'t exist; the header has GPIO0 to GPIO27')
    return number


def _as_text(value: Any) -> Any:
    return str(value) if type(value) is int else value


Pin = Annotated[str, BeforeValidator(_as_text)]


class GpioConfig(Section):
    """What is wired to the board's pins: 17, "GPIO17" or "BOARD11"; empty: nothing."""

    led: Pin = key("", "pin of a lamp that shines while an event is open")
    led_blink: bool = key(False, "let it blink instead")
    privacy_button: Pin = key("", "pin of a button to ground that turns privacy of all cameras on and off")
    privacy_hold: float = key(0, "seconds it has to be held; 0: a press will do", ge=0, le=30)
    relay: Pin = key("", "pin of a relay that closes when an event starts")
    relay_active_high: bool = key(True, "whether 3.3 V closes it; false: 0 V does, as with many relay boards")
    relay_seconds: float = key(5, "seconds it stays closed; an event in the meantime adds none", gt=0, le=3600)
    relay_pause: float = key(2, "seconds it stays open at least, so that it never chatters", ge=0.1, le=3600)
    relay_rules: list[str] = key([], "events of which rules close it; none: all")
    relay_labels: list[str] = key([], "events of which labels close it; none: all")
    pir: Pin = key("", "pin of a PIR motion sensor: while it is quiet, nobody looks but every motion.every seconds")
    pir_mode: Literal["alone", "or", "and"] = key(
        "alone", "who says that something moves: the sensor, it or the picture, or only both together"
    )
    pir_hold: float = key(10, "seconds after the sensor fell quiet that count as motion still", ge=0, le=3600)
    pir_cameras: list[str] = key([], "cameras it watches for; none: all")

    @model_validator(mode="after")
    def _pins_exist(self) -> Self:
        taken: dict[int, str] = {}
        for name, pin in self.pins.items():
            try:
                number = gpio_number(pin)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
            if number in taken:
                raise ValueError(f'{name}: "{pin}" is the pin of {taken[number]} too; wire one of them to another')
            taken[number] = name
        return self

    @property
    def pins(self) -> dict[str, str]:
        """What is wired, by key: the pin's name."""
        return {name: pin for name in PINS if (pin := getattr(self, name))}

    def pir_watches(self, camera: str) -> bool:
        """Whether there is a sensor for a camera."""
        return bool(self.pir) and (not self.pir_cameras or camera in self.pir_cameras)
