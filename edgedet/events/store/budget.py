"""What writing costs: how much may be written today, and how long the card will stand it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

from edgedet.events.places import Level

_STEPS = ((1.0, Level.PICTURES), (0.85, Level.LEAN), (0.7, Level.NO_CONTINUOUS))
ASSUMED_WRITES = 200
"""How often a card of unknown endurance may be filled: 500 to 1,000 erasures of its cells, and each byte of a small
file costs a few of the card's own."""
_DAYS_PER_YEAR = 365.25
ROW_BYTES = 24576
"""What a transaction writes, about: three pages of 4 KiB into the log, and later into the database."""
CLIP_WRITES = 2
"""A clip is written in fragments as it comes, and once more as the finished file."""


class Ledger:
    """The bytes written on each day. Those of today are known without looking into the database, from any thread."""

    def __init__(self) -> None:
        self._latest = (date.min, 0)

    def load(self, db: sqlite3.Connection, today: date) -> None:
        """Take up what the database says."""
        row = db.execute("SELECT bytes FROM writes WHERE day = ?", (today.isoformat(),)).fetchone()
        self._latest = (today, int(row[0]) if row else 0)

    def add(self, db: sqlite3.Connection, today: date, size: int) -> None:
        """Write down more, in the transaction that wrote it."""
        db.execute(
            "INSERT INTO writes VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET bytes = bytes + excluded.bytes",
            (today.isoformat(), size),
        )
        self.load(db, today)

    def on(self, day: date) -> int:
        """What was written on a day that may be today."""
        latest, size = self._latest
        return size if day == latest else 0


def daily_bytes(db: sqlite3.Connection, today: date, days: int = 30) -> list[int]:
    """What was written on each of the last days, oldest first; not on those before the first of all."""
    found = {date.fromisoformat(day): size for day, size in db.execute("SELECT day, bytes FROM writes")}
    first = max(min(found, default=today), today - timedelta(days=days - 1))
    return [found.get(first + timedelta(days=n), 0) for n in range((today - first).days + 1)]


def level_for(written: int, cap: float) -> Level:
    """How much may be written from now on, today.

    >>> level_for(80, 100), level_for(100, 100), level_for(10**12, 0)
    (<Level.NO_CONTINUOUS: 1>, <Level.PICTURES: 3>, <Level.ALL: 0>)

    Args:
        written: bytes today.
        cap: bytes a day; 0: no limit.
    """
    if not cap:
        return Level.ALL
    return next((level for share, level in _STEPS if written >= share * cap), Level.ALL)


@dataclass(frozen=True, slots=True)
class Wear:
    """How long the card will last if things go on like this.

    Attributes:
        bytes_per_day: written by the store, on the average of the last days; the file system's own share isn't in it.
        endurance: bytes the card may be written in its life.
        assumed: whether that is a guess from its size.
    """

    bytes_per_day: float
    endurance: float
    assumed: bool

    @property
    def years(self) -> float:
        """Until the card is worn; infinite if nothing is written."""
        return self.endurance / self.bytes_per_day / _DAYS_PER_YEAR if self.bytes_per_day else float("inf")


def wear(daily: list[int], card_tbw: float, disk_bytes: int) -> Wear:
    """Project the card's wear.

    >>> round(wear([2_000_000_000], 30, 0).years, 1)
    41.1

    Args:
        daily: bytes written on each of the last days, those without writing too.
        card_tbw: terabytes it may be written, by its data sheet; 0: unknown.
        disk_bytes: its size.
    """
    endurance = card_tbw * 1e12 or float(ASSUMED_WRITES * disk_bytes)
    return Wear(sum(daily) / len(daily) if daily else 0.0, endurance, not card_tbw)
