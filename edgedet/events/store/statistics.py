"""What is kept and what was written, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from edgedet.events.places import Places
from edgedet.events.store.budget import Wear, daily_bytes, wear
from edgedet.events.store.database import reading
from edgedet.events.store.disk import free_bytes, total_bytes
from edgedet.events.store.reading import Query, select


@dataclass(frozen=True, slots=True)
class Statistics:
    """Numbers about the events that were asked for, and about the disk.

    Attributes:
        events: how many there are.
        kept: how many of them are marked to be kept.
        bytes: what their files hold.
        labels: how many of each label, the most frequent first.
        days: how many began on each day that had any, by its local date.
        hours: how many began in each local hour of the day: 24 numbers.
        continuous_bytes: what all continuous recording holds.
        free_bytes: what is left on the disk.
        written_today: bytes, UTC day.
        wear: the card's projected life.
    """

    events: int
    kept: int
    bytes: int
    labels: dict[str, int]
    days: dict[str, int]
    hours: tuple[int, ...]
    continuous_bytes: int
    free_bytes: int
    written_today: int
    wear: Wear

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        years = round(self.wear.years, 1) if self.wear.bytes_per_day else None
        return {
            "events": self.events,
            "kept": self.kept,
            "bytes": self.bytes,
            "labels": self.labels,
            "days": self.days,
            "hours": list(self.hours),
            "continuous_bytes": self.continuous_bytes,
            "free_bytes": self.free_bytes,
            "written_today": self.written_today,
            "bytes_per_day": round(self.wear.bytes_per_day),
            "card_endurance_bytes": round(self.wear.endurance),
            "card_endurance_assumed": self.wear.assumed,
            "card_years": years,
        }


def statistics(
    root: Path, wanted: Query, card_tbw: float = 0.0, now: datetime | None = None, zone: tzinfo | None = None
) -> Statistics:
    """Count what is kept under a folder.

    Args:
        root: the store's folder.
        wanted: which events are counted.
        card_tbw: see :func:`edgedet.events.store.budget.wear`.
        now: UTC time; None: now.
        zone: where the person is; None: where this machine is set to be.

    Raises:
        StoreError: nothing is kept there, or it can't be read.
    """
    places = Places(root)
    with reading(places.database) as db:
        found = list(select(db, places, wanted))
        (continuous,) = db.execute("SELECT coalesce(sum(size), 0) FROM segments").fetchone()
        daily = daily_bytes(db, (now or datetime.now(UTC)).date())
    began = [each.event.started.astimezone(zone) for each in found]
    hours = Counter(time.hour for time in began)
    return Statistics(
        events=len(found),
        kept=sum(each.kept for each in found),
        bytes=sum(each.size for each in found),
        labels=dict(Counter(each.event.label for each in found).most_common()),
        days=dict(sorted(Counter(f"{time:%Y-%m-%d}" for time in began).items())),
        hours=tuple(hours[hour] for hour in range(24)),
        continuous_bytes=continuous,
        free_bytes=free_bytes(root),
        written_today=daily[-1],
        wear=wear(daily, card_tbw, total_bytes(root)),
    )
