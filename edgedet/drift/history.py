"""Which of a camera's days others are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from edgedet.drift.folder import Day, DriftFolder, moment

Span = tuple[datetime, datetime | None]
"""From when to when something had changed; None: it still has."""


def spans_of(changed: Mapping[str, Any]) -> list[Span]:
    """Those written down in ``changed.json``; what is damaged is left out."""
    spans: list[Span] = []
    for row in changed.get("spans", ()):
        try:
            begin, end = row
            spans.append((_time(begin), _time(end) if end else None))
        except (TypeError, ValueError):
            continue
    return spans


def days_before(
    folder: DriftFolder, day: date, most: int, accepted: datetime | None, spans: Iterable[Span]
) -> list[tuple[date, Day]]:
    """The days a day is compared with, the oldest first.

    Args:
        folder: has them.
        day: those before it count.
        most: how many days back.
        accepted: what was before doesn't count any more; None: all does.
        spans: hours in these had changed, and count only if that was accepted.
    """
    left_out = [span for span in spans if accepted is None or span[0] > accepted]
    found = []
    for each in folder.days():
        if day - timedelta(days=most) <= each < day:
            hours = {
                number: hour
                for number, hour in folder.load(each).items()
                if _counts(moment(each, number * 3600), accepted, left_out)
            }
            if hours:
                found.append((each, hours))
    return found


def _counts(begin: datetime, accepted: datetime | None, left_out: Iterable[Span]) -> bool:
    end = begin + timedelta(hours=1)
    if accepted is not None and begin < accepted:
        return False
    return not any(start < end and (stop is None or stop > begin) for start, stop in left_out)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
