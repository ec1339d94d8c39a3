"""What the kernel's files say of the board. Every function takes the root they are below."""

from __future__ import annotations

from pathlib import Path

_THROTTLED = ("soc/soc:firmware", "soc@*/soc@*:firmware")
"""Where the firmware's device is below ``sys/devices/platform``: with a 32-bit address space, and with a 64-bit one."""
_VOLTAGE = "rpi_volt"
"""The name of the kernel's voltage monitor (Documentation/hwmon/raspberrypi-hwmon.rst)."""


def temperature(root: Path) -> float | None:
    """Degrees Celsius of the hottest thermal zone; None where there is none."""
    readings = [_number(zone) for zone in (root / "sys/class/thermal").glob("thermal_zone*/temp")]
    return max((value / 1000 for value in readings if value is not None), default=None)


def throttle_bits(root: Path) -> int | None:
    """The firmware's ``get_throttled``; None where the kernel has no file for it."""
    platform = root / "sys/devices/platform"
    for pattern in _THROTTLED:
        for file in platform.glob(f"{pattern}/get_throttled"):
            if (bits := _number(file, 16)) is not None:
                return bits
    return None


def undervoltage(root: Path) -> bool | None:
    """Whether the kernel's voltage monitor raises its alarm; None where there is none."""
    for sensor in (root / "sys/class/hwmon").glob("hwmon*"):
        if _text(sensor / "name") == _VOLTAGE and (alarm := _number(sensor / "in0_lcrit_alarm")) is not None:
            return bool(alarm)
    return None


def frequency(root: Path) -> tuple[float | None, float | None]:
    """MHz of the fastest core now, and what it can run at; None where the kernel doesn't scale it.

    The first is what the kernel asked for: a firmware that throttles may run it slower.
    """
    policies = list((root / "sys/devices/system/cpu").glob("cpu[0-9]*/cpufreq"))
    now = [_number(policy / "scaling_cur_freq") for policy in policies]
    most = [_number(policy / "cpuinfo_max_freq") for policy in policies]
    return _fastest(now), _fastest(most)


def load(root: Path) -> float | None:
    """Threads that run or want to, on the average of the last minute (proc(5), loadavg); None where unknown."""
    try:
        return float(_text(root / "proc/loadavg").split()[0])
    except (IndexError, ValueError):
        return None


def board_name(root: Path) -> str:
    """What the device tree calls the board, such as ``Raspberry Pi 5 Model B Rev 1.0``; empty where there is none."""
    # the second is a link to the first, which a sandbox without /proc still shows
    names = (_text(root / "sys/firmware/devicetree/base/model"), _text(root / "proc/device-tree/model"))
    return next((name.rstrip("\0") for name in names if name), "")


def _fastest(kilohertz: list[int | None]) -> float | None:
    return max((value / 1000 for value in kilohertz if value is not None), default=None)


def _number(file: Path, base: int = 10) -> int | None:
    try:
        return int(_text(file), base)
    except ValueError:
        return None


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""
