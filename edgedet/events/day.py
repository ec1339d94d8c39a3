"""The events of a day, in the order and shape that a picture of them needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from edgedet.event import Event
from edgedet.types import Image


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """An event on the timeline.

    Attributes:
        event: what happened.
        kept: whether it is marked to be kept.
        thumbnail: uint8 (H, W, 3) BGR, its best picture; None: there is none.
    """

    event: Event
    kept: bool = False
    thumbnail: Image | None = None

    @property
    def until(self) -> datetime:
        """UTC time it was last seen."""
        event = self.event
        return event.ended or event.started + timedelta(seconds=max(0.0, event.end - event.begin))


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """A day and what happened on it.

    Attributes:
        begin, end: the day's first moment and that of the next, UTC. 23 to 25 hours apart.
        now: the time now, UTC: what lies ahead of it is darker.
        zone: where the day is; None: where this machine is set to be.
        entries: the events, in any order; of one that reaches beyond the day its part in the day is shown.
    """

    begin: datetime
    end: datetime
    now: datetime
    zone: tzinfo | None
    entries: tuple[Entry, ...]

    def part(self, time: datetime) -> float:
        """How much of the day has passed at a time: 0 to 1; before and after the day 0 and 1."""
        return min(1.0, max(0.0, (time - self.begin) / (self.end - self.begin)))

    def clock(self, time: datetime) -> str:
        """``17:05`` where the day is."""
        return f"{time.astimezone(self.zone):%H:%M}"


def best_of(entries: Sequence[Entry], most: int) -> list[Entry]:
    """The best scores of those that have a thumbnail, ``most`` of them, in the order of time."""
    pictured = [entry for entry in entries if entry.thumbnail is not None]
    pictured.sort(key=lambda e: e.event.best_score, reverse=True)
    return sorted(pictured[:most], key=lambda e: e.event.started)


def lanes(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """A lane for each span so that no two in a lane overlap, and how many lanes those around it take.

    >>> lanes([(0, 5), (3, 9), (10, 12)])
    [(0, 2), (1, 2), (0, 1)]

    Args:
        spans: begin and end of each, sorted by begin; where one ends none may begin.
    """
    chosen: list[tuple[int, int]] = []
    lane_ends: list[int] = []
    together: list[int] = []
    for begin, end in spans:
        if lane_ends and begin > max(lane_ends):
            chosen += [(lane, len(lane_ends)) for lane in together]
            lane_ends, together = [], []
        lane = next((n for n, last in enumerate(lane_ends) if last < begin), len(lane_ends))
        lane_ends[lane : lane + 1] = [end]
        together.append(lane)
    return chosen + [(lane, len(lane_ends)) for lane in together]


def lasting(seconds: float) -> str:
    """Seconds for people: ``8 s``, ``12 min``, ``3 h 5 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
