"""What must go: the oldest first, what is marked to be kept last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from edgedet.config.retention import RetentionConfig

BLOCK = 4096
"""What a file takes up is a multiple of this, on every common file system."""
Why = Literal["age", "room"]


@dataclass(frozen=True, slots=True)
class Item:
    """An event with its files, or a piece of continuous recording.

    Attributes:
        key: the event's id, or the piece's path.
        camera: its name.
        label: the event's; empty of continuous recording.
        started: UTC time.
        size: bytes it takes up.
        kept: whether it is marked to be kept.
    """

    key: str
    camera: str
    label: str
    started: datetime
    size: int
    kept: bool = False


class Hold(Protocol):
    """Knows which events are still to be copied elsewhere, and so are the last to go.

    Attributes:
        days: beyond its own that such an event is kept.
    """

    days: float

    def waits(self, event_id: str) -> bool:
        """Whether an event isn't elsewhere yet."""


def days_for(item: Item, retention: RetentionConfig) -> float:
    """How many days it is kept: the camera's, else the label's, else everybody's."""
    if not item.label:
        return retention.continuous_days
    return retention.cameras.get(item.camera, retention.labels.get(item.label, retention.days))


def is_too_old(item: Item, retention: RetentionConfig, now: datetime) -> bool:
    """Whether its days are over. What is marked to be kept never gets too old."""
    return not item.kept and now - item.started > timedelta(days=days_for(item, retention))


def victims(aged: Iterable[Item], oldest: Iterable[Item], needed: int) -> Iterator[tuple[Item, Why]]:
    """Choose what goes: whatever is too old, then, until enough is won, one after the other.

    Args:
        aged: what is too old.
        oldest: all that may go, in the order in which it would.
        needed: bytes to win in all; 0 or less: nothing goes but what is too old.
    """
    gone = set()
    for item in aged:
        gone.add(item.key)
        needed -= item.size
        yield item, "age"
    for item in oldest:
        if needed <= 0:
            return
        if item.key not in gone:
            needed -= item.size
            yield item, "room"


def free_wanted(min_free: float, total: int) -> float:
    """Bytes to be left free; a tenth of a disk so small that ``min_free`` would leave it half empty."""
    return min_free if min_free <= total / 2 else total / 10
