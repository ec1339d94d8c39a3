"""What the board says of itself: temperature and the firmware's throttle bits."""

from __future__ import annotations

from pathlib import Path

ROOT = Path("/")

THROTTLE_BITS = {
    0: "undervoltage",
    1: "frequency capped",
    2: "throttled",
    3: "soft temperature limit",
    16: "undervoltage since boot",
    17: "frequency capped since boot",
    18: "throttled since boot",
    19: "soft temperature limit since boot",
}
"""The meaning of each bit of the Raspberry Pi firmware's ``get_throttled``."""

_THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"


def temperature(root: Path = ROOT) -> float | None:
    """Degrees Celsius of the hottest thermal zone; None where there is none."""
    readings = []
    for zone in (root / "sys/class/thermal").glob("thermal_zone*/temp"):
        try:
            readings.append(int(zone.read_text()) / 1000)
        except (OSError, ValueError):
            continue
    return max(readings, default=None)


def throttled(root: Path = ROOT) -> tuple[str, ...] | None:
    """What the firmware complains of, in words; empty if nothing; None on a board without these bits."""
    try:
        bits = int((root / _THROTTLED).read_text(), 16)
    except (OSError, ValueError):
        return None
    return tuple(text for bit, text in THROTTLE_BITS.items() if bits >> bit & 1)
