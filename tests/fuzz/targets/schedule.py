"""When a rule counts, and whether a moment is within."""

from __future__ import annotations

import functools
import zoneinfo
from datetime import UTC, datetime

from edgedet.schedule import parse

ALLOWED = (ValueError,)  # the settings make a line of it, with the key and the place
LONGEST = 512
WORDS = (b"mon-fri", b"sat,sun", b"22:00-06:00", b"00:00-24:00", b"; ", b"Europe/Berlin", b"UTC", b"../etc/passwd")
zoneinfo.available_timezones = functools.cache(zoneinfo.available_timezones)  # looks through the disk each time
_MOMENTS = (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))


def case(data: bytes) -> None:
    """Text up to the first zero byte is the schedule, the rest the time zone."""
    text, _, zone = data.decode("utf-8", "replace").partition("\0")
    schedule = parse(text, zone)
    for moment in _MOMENTS:
        schedule.holds(moment)


def seeds() -> list[bytes]:
    return [b"mon-fri 22:00-06:00; sat,sun\0Europe/Berlin", b"8:00-12:00,13:00-17:30", b"sun-mon", b"\0Etc", b""]
