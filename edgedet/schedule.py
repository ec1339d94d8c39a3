"""When a rule counts: ``mon-fri 22:00-06:00; sat,sun``."""

from __future__ import annotations

import difflib
import re
import zoneinfo
from dataclasses import dataclass
from datetime import datetime, tzinfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES = 24 * 60

_HOURS = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")
_EXAMPLE = 'write it like "mon-fri 22:00-06:00; sat,sun"'


@dataclass(frozen=True, slots=True)
class Span:
    """The same hours on some days of the week.

    Attributes:
        days: 0 is Monday; the days on which the hours begin.
        begin: minutes since midnight on the local clock.
        end: the same, not included; at or below ``begin``: on the following day.
    """

    days: frozenset[int]
    begin: int
    end: int

    def holds(self, day: int, minute: int) -> bool:
        """Whether a minute of a day of the week is within."""
        if self.begin < self.end:
            return day in self.days and self.begin <= minute < self.end
        return (day in self.days and minute >= self.begin) or ((day - 1) % 7 in self.days and minute < self.end)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Hours of the week on the clock of a place.

    What counts is what that clock shows: "02:00-03:00" holds twice as long in the night it is set back and not at
    all in the night it skips that hour.

    Attributes:
        spans: any of them holds; none: always.
        zone: the place's; None: the system's.
    """

    spans: tuple[Span, ...] = ()
    zone: tzinfo | None = None

    def holds(self, wall: datetime) -> bool:
        """Whether a moment is within.

        Args:
            wall: any moment, with its time zone.
        """
        if not self.spans:
            return True
        local = wall.astimezone(self.zone)
        return any(span.holds(local.weekday(), local.hour * 60 + local.minute) for span in self.spans)


def parse(text: str, time_zone: str = "") -> Schedule:
    """Read a schedule.

    >>> from datetime import UTC
    >>> parse("mon-fri 22:00-06:00; sat,sun", "UTC").holds(datetime(2026, 11, 21, 5, tzinfo=UTC))
    True

    Args:
        text: entries separated by ``;``, each of days (``mon``, ``mon-fri``, ``sat,sun``; none: every day) and hours
            (``08:00-17:30``, several separated by ``,``; none: the whole day). Hours may go over midnight: they then
            belong to the day they begin on. Empty: always.
        time_zone: IANA name, such as ``Europe/Berlin``; empty: the system's.

    Raises:
        ValueError: with one line saying what is wrong and what would be right.
    """
    spans = [span for entry in text.split(";") if entry.strip() for span in _entry(entry.strip().lower())]
    if text and not spans:
        raise ValueError(f'schedule: "{text}" names no time; {_EXAMPLE}, or leave it empty for always')
    return Schedule(tuple(spans), _zone(time_zone) if time_zone else None)


def _entry(entry: str) -> list[Span]:
    first = re.search(r"\d", entry)
    cut = first.start() if first else len(entry)
    days, hours = _days(entry[:cut].strip()), entry[cut:].strip()
    return [Span(days, *_hours(part.strip())) for part in hours.split(",")] if hours else [Span(days, 0, MINUTES)]


def _days(text: str) -> frozenset[int]:
    if not text:
        return frozenset(range(7))
    days: set[int] = set()
    for part in text.split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        begin = _day(first)
        days |= {(begin + i) % 7 for i in range((_day(last) - begin) % 7 + 1)} if dash else {begin}
    return frozenset(days)


def _day(word: str) -> int:
    if word not in DAYS:
        close = difflib.get_close_matches(word[:3], DAYS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"days are {', '.join(DAYS)}"
        raise ValueError(f'schedule: "{word}" is no day of the week; {hint}')
    return DAYS.index(word)


def _hours(text: str) -> tuple[int, int]:
    match = _HOURS.fullmatch(text)
    if match is None:
        raise ValueError(f'schedule: "{text}" are no hours; {_EXAMPLE}')
    hour, minute, end_hour, end_minute = map(int, match.groups())
    begin, end = hour * 60 + minute, end_hour * 60 + end_minute
    for clock, value, late in ((minute, begin, MINUTES - 1), (end_minute, end, MINUTES)):
        if clock > 59 or value > late:
            raise ValueError(f'schedule: "{text}" is beyond the clock; hours go from 00:00 to 24:00')
    if begin == end:
        raise ValueError(f'schedule: "{text}" lasts no time; leave the hours out for the whole day')
    return begin, end


def _zone(name: str) -> tzinfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # unknown; "../x"; a folder such as "Europe"
        known = sorted(zoneinfo.available_timezones())
    if not known:
        raise ValueError(f'time_zone: "{name}" can\'t be looked up, this system has no time zones; install tzdata')
    lower = {each.lower(): each for each in known}
    lower |= {each.rpartition("/")[2].lower(): each for each in known if "/" in each}
    close = difflib.get_close_matches(name.lower(), lower, n=1)
    hint = f"did you mean {lower[close[0]]}?" if close else "write it like Europe/Berlin"
    raise ValueError(f'time_zone: "{name}" is no time zone; {hint}')
