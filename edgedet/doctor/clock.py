"""The clock: a Pi has none that runs without power."""

from __future__ import annotations

from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok, warning

OLDEST = 2024
"""No edgedet is older: a year before it is a clock that wasn't set."""
_MEND = "sudo timedatectl set-ntp true; where that is missing: sudo apt install systemd-timesyncd"


def clock(context: Context) -> Finding:
    """The time is right, and kept so: events carry it, and certificates are judged by it."""
    now = context.host.now()
    if now.year < OLDEST:
        return error(f"it is {now:%Y-%m-%d %H:%M} UTC here: the clock isn't set", _MEND)
    synchronised = _synchronised(context)
    if synchronised is None:
        return note(f"{now:%Y-%m-%d %H:%M} UTC; whether it is kept right can't be told")
    if not synchronised:
        return warning(f"{now:%Y-%m-%d %H:%M} UTC, and not synchronised: nothing keeps it right", _MEND)
    return ok(f"{now:%Y-%m-%d %H:%M} UTC, synchronised")


def _synchronised(context: Context) -> bool | None:
    ran = context.run(["timedatectl", "show", "--property=NTPSynchronized", "--value"], 5.0)
    if ran.code == 0 and ran.out in ("yes", "no"):
        return ran.out == "yes"
    return context.host.kernel_clock()
