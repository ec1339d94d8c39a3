"""Times in human words: ``last night``, ``2 hours ago``, ``monday 22:00``, ``2026-11-20``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_PARTS = {
    "morning": (6, 12),
    "noon": (12, 13),
    "afternoon": (12, 18),
    "evening": (18, 24),
    "night": (18, 30),
}
"""Hours of the day each begins and ends at; a night lasts into the next day."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3600, "day": 86400, "week": 604800}
_AGO = re.compile(rf"(a|an|\d{{1,6}}(?:\.\d{{1,3}})?)\s*({'|'.join(sorted(_UNITS, key=len, reverse=True))})s?(\s+ago)?")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2})(?::(\d{2}))?)?\s*(am|pm)?")
EXAMPLES = '"yesterday", "last night", "2 hours ago", "monday 22:00", "2026-11-20", "2026-11-20 22:00"'


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, UTC; a moment begins where it ends.

    Attributes:
        begin: its first moment.
        end: the first that isn't in it any more.
    """

    begin: datetime
    end: datetime


def parse_span(text: str, now: datetime, zone: tzinfo | None = None) -> Span:
    """What a person means by a time.

    A day named without a date is the latest one, today included. A night goes from 18:00 to 6:00; ``last night`` is
    the one that began yesterday.

    >>> span = parse_span("yesterday", datetime(2026, 11, 21, 9, tzinfo=UTC), UTC)
    >>> span.begin.isoformat(), span.end.isoformat()
    ('2026-11-20T00:00:00+00:00', '2026-11-21T00:00:00+00:00')

    Args:
        text: the words.
        now: the time now, with its zone.
        zone: where the person is; None: where this machine is set to be.

    Raises:
        ValueError: one line saying what isn't understood, and what would be.
    """
    words = " ".join(text.lower().replace(",", " ").split()).removeprefix("since ").removeprefix("on ")
    local = now.astimezone(zone).replace(tzinfo=None)
    try:
        exact = _exact(words, zone)
        if exact is not None:
            return exact
        naive = _relative(words, local) or _named(words, local)
        if naive is not None:
            return Span(_utc(naive[0], zone), _utc(naive[1], zone))
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{text!r}: not a time; write for example {EXAMPLES}")


_Naive = tuple[datetime, datetime]


def _exact(words: str, zone: tzinfo | None) -> Span | None:
    """A date, or a date and time, as ISO 8601 has it."""
    if not re.match(r"\d{4}-\d{1,2}-\d{1,2}", words):
        return None
    day_text, _, rest = words.replace("t", " ", 1).partition(" ")
    day = date(*map(int, day_text.split("-")))
    rest = rest.strip().removeprefix("at ")
    if re.fullmatch(r".+(z|[+-]\d\d:?\d\d)", rest):
        moment = datetime.fromisoformat(f"{day.isoformat()}T{rest.upper()}").astimezone(UTC)
        return Span(moment, moment)
    begin, end = _in_day(day, rest)
    return Span(_utc(begin, zone), _utc(end, zone))


def _relative(words: str, local: datetime) -> _Naive | None:
    """``now``, ``2 hours ago``, ``last week``, ``this month``."""
    if words == "now":
        return local, local
    if words == "last hour":
        return local - timedelta(hours=1), local
    if (ago := _AGO.fullmatch(words)) and ago[3]:
        amount = 1.0 if ago[1] in ("a", "an") else float(ago[1])
        moment = local - timedelta(seconds=amount * _UNITS[ago[2]])
        return moment, moment
    midnight = _midnight(local.date())
    if words in ("this week", "last week"):
        monday = midnight - timedelta(days=local.weekday() + 7 * (words == "last week"))
        return monday, monday + timedelta(days=7)
    if words in ("this month", "last month"):
        first = midnight.replace(day=1)
        if words == "last month":
            first = (first - timedelta(days=1)).replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1)
    return None


def _named(words: str, local: datetime) -> _Naive | None:
    """A day by its name, part of the day or hour with it: ``yesterday evening``, ``monday 22:00``, ``8am``."""
    today = local.date()
    if words == "last night":
        return _in_day(today - timedelta(days=1), "night")
    if words in ("tonight", "this night"):
        return _in_day(today - timedelta(days=1 if local.hour < 6 else 0), "night")
    first, _, rest = words.removeprefix("last ").partition(" ")
    rest = rest.removeprefix("at ")
    if first in ("today", "this"):
        return _in_day(today, rest)
    if first == "yesterday":
        return _in_day(today - timedelta(days=1), rest)
    day = next((n for n, name in enumerate(_DAYS) if first in (name, name[:3])), None)
    if day is not None:
        back = (local.weekday() - day) % 7
        return _in_day(today - timedelta(days=back or 7 * words.startswith("last ")), rest)
    if ":" in words or words.endswith(("am", "pm")) or words in _PARTS:
        return _in_day(today, words.removeprefix("at "))
    return None


def _in_day(day: date, rest: str) -> _Naive:
    """A whole day, a part of it, or a moment in it."""
    midnight = _midnight(day)
    if not rest:
        return midnight, midnight + timedelta(days=1)
    if rest in _PARTS:
        begin, end = _PARTS[rest]
        return midnight + timedelta(hours=begin), midnight + timedelta(hours=end)
    clock = _CLOCK.fullmatch(rest)
    if clock is None or (clock[2] is None and clock[4] is None):
        raise ValueError(rest)
    hour = int(clock[1])
    if clock[4]:
        if not 1 <= hour <= 12:
            raise ValueError(rest)
        hour = hour % 12 + 12 * (clock[4] == "pm")
    moment = datetime.combine(day, time(hour, int(clock[2] or 0), int(clock[3] or 0)))
    return moment, moment


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _utc(naive: datetime, zone: tzinfo | None) -> datetime:
    """A local time in UTC; one that is skipped in spring counts as if it weren't, one that comes twice as the first."""
    return (naive if zone is None else naive.replace(tzinfo=zone)).astimezone(UTC)
