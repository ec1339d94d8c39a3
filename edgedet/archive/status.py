"""How far the archive is, from any process."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from edgedet.archive.finding import ended_ids, stored
from edgedet.archive.schema import FILE, reading


@dataclass(frozen=True, slots=True)
class Status:
    """What there is to say.

    Attributes:
        waiting: ended events that aren't archived yet.
        waiting_bytes: of all that is kept of them here.
        behind_s: seconds since the first of them ended; 0: none waits.
        archived: events in the bucket, as far as is remembered.
        archived_bytes: bytes of theirs there.
        lost: events that were deleted before they were archived.
        last: UTC time when the last was archived, ISO 8601; empty: never.
        trouble: why the last request failed; empty: it didn't.
    """

    waiting: int
    waiting_bytes: int
    behind_s: float
    archived: int
    archived_bytes: int
    lost: int
    last: str
    trouble: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)


def status(root: Path, now: datetime) -> Status:
    """How far the archive of a store is.

    Args:
        root: the store's folder.
        now: UTC time.

    Raises:
        ArchiveError, StoreError: the one or the other can't be read.
    """
    with reading(root / FILE) as db:
        states = dict(db.execute("SELECT id, state FROM events"))
        (size,) = db.execute("SELECT coalesce(sum(size), 0) FROM files WHERE done").fetchone()
        notes = dict(db.execute("SELECT name, value FROM notes"))
    waiting = stored(root, [each for each in ended_ids(root) if states.get(each, "waiting") == "waiting"])
    first = min((each.event.ended for each in waiting if each.event.ended is not None), default=now)
    found = list(states.values())
    return Status(
        len(waiting),
        sum(each.size for each in waiting),
        max(0.0, round((now - first).total_seconds(), 1)),
        found.count("archived"),
        int(size),
        found.count("lost"),
        notes.get("last", ""),
        notes.get("trouble", ""),
    )
