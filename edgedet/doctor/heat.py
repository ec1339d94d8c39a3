"""Temperature, throttling and power, as the firmware tells them."""

from __future__ import annotations

from edgedet.board import temperature as hottest
from edgedet.board import throttled as complaints
from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, note, ok, warning

HOT, HOTTEST = 75.0, 80.0
"""Degrees Celsius: little is left, and where the firmware begins to slow a Raspberry Pi down."""
NEEDS_MA = 5000
"""What a Pi 5 wants of its supply, in mA; with less it gives its USB ports 600 mA in all."""
_COOL = "a heat sink with a fan, and a case with holes; fewer frames: see README, Speed"
_SUPPLY = "the board's own power supply and a short, thick cable; fewer things at its USB ports"


def temperature(context: Context) -> Finding:
    """The hottest sensor."""
    degrees = hottest(context.root)
    if degrees is None:
        return note("there is no sensor")
    if degrees >= HOTTEST:
        return warning(f"{degrees:.0f} C: the board slows itself down at {HOTTEST:.0f}", _COOL)
    if degrees >= HOT:
        return warning(f"{degrees:.0f} C: close to the {HOTTEST:.0f} at which the board slows itself down", _COOL)
    return ok(f"{degrees:.0f} C")


def throttled(context: Context) -> Finding:
    """The firmware's bits, but for undervoltage."""
    bits = complaints(context.root)
    if bits is None:
        return note("this board has no such bits")
    said = [each for each in bits if "undervoltage" not in each]
    if said:
        return warning(f"the firmware says: {', '.join(said)}", _COOL)
    return ok("never throttled since boot")


def power(context: Context) -> Finding:
    """The supply gives enough: no undervoltage, and on a Pi 5 the current it wants."""
    bits = complaints(context.root)
    if bits and "undervoltage" in bits:
        return warning("undervoltage right now: the board may crash, and cards are damaged so", _SUPPLY)
    if bits and "undervoltage since boot" in bits:
        return warning("undervoltage since boot: it happened, and may crash the board", _SUPPLY)
    supply = _supply(context)
    if supply is not None and supply < NEEDS_MA and "Pi 5" in context.board:
        return warning(
            f"the supply offers {supply / 1000:g} A; a Pi 5 wants {NEEDS_MA / 1000:g} A, else its USB ports get 0.6",
            "the 27 W USB-C supply for the Raspberry Pi 5",
        )
    if bits is None:
        return note("this board doesn't tell")
    return ok("no undervoltage since boot" + (f", the supply offers {supply / 1000:g} A" if supply else ""))


def _supply(context: Context) -> int | None:
    """What the supply agreed to, in mA: a big-endian cell of the device tree (Raspberry Pi firmware)."""
    try:
        cell = (context.root / "proc/device-tree/chosen/power/max_current").read_bytes()
    except OSError:
        return None
    return int.from_bytes(cell, "big") if len(cell) == 4 else None
