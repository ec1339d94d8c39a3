"""Deleting what must go, files first and rows second."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path

from edgedet.config.retention import RetentionConfig
from edgedet.events.places import Places
from edgedet.events.store import rows
from edgedet.events.store.disk import free_bytes, total_bytes
from edgedet.events.store.folder import is_being_written, listing, remove_empty, remove_files
from edgedet.events.store.retention import BLOCK, Hold, Item, free_wanted, is_too_old, victims

log = logging.getLogger(__name__)

_SIZE = f"((size + {BLOCK - 1}) / {BLOCK} * {BLOCK})"
_EVENTS = f"""SELECT id, camera, label, started, kept, (sidecar + {2 * BLOCK - 1}) / {BLOCK} * {BLOCK}
    + coalesce((SELECT sum({_SIZE}) FROM files WHERE event_id = id), 0) FROM events"""
_SEGMENTS = f"SELECT path, camera, '', started, 0, {_SIZE} FROM segments"


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep deleted.

    Attributes:
        events: their ids, in the order they went.
        segments: pieces of continuous recording, by their path below the root.
        freed: bytes.
        protected: events among ``events`` that were marked to be kept.
        more: whether there is more to delete: call again soon.
    """

    events: tuple[str, ...]
    segments: tuple[str, ...]
    freed: int
    protected: tuple[str, ...]
    more: bool


def sweep(
    db: sqlite3.Connection,
    places: Places,
    retention: RetentionConfig,
    now: datetime,
    most: int,
    true: Callable[[datetime], datetime] = lambda stamp: stamp,
    hold: Hold | None = None,
) -> Swept:
    """Delete what has been kept long enough, and what must go to make room; inside a transaction.

    An event that is open, or whose clip isn't finished, is never deleted.

    Args:
        db: the database.
        places: where the files are.
        retention: the limits.
        now: UTC time.
        most: events and segments to delete at most.
        true: when something stamped so really was, should the wall clock have jumped since.
        hold: knows what isn't elsewhere yet, where anything is to be.

    Raises:
        OSError, sqlite3.Error: not all could be deleted. What has lost its files loses its row at the next start.
    """
    wanted = needed_bytes(db, places, retention)
    chosen = victims(_aged(db, places, retention, now, true, hold), _oldest(db, places, hold), wanted)
    gone = list(islice(chosen, most + 1))
    more, gone = len(gone) > most, gone[:most]
    events = [item for item, _ in gone if item.label]
    segments = [item for item, _ in gone if not item.label]
    protected = tuple(item.key for item in events if item.kept)
    if protected:
        log.warning("%s: no room left; deleted although marked to be kept: %s", places.root, ", ".join(protected))
    for item in segments:
        path = places.root / item.key
        path.unlink(missing_ok=True)
        remove_empty(path.parent, places.root / "continuous")
    for item in events:
        remove_files(places, item.key)
    db.executemany("DELETE FROM segments WHERE path = ?", [(item.key,) for item in segments])
    db.executemany("DELETE FROM events WHERE id = ?", [(item.key,) for item in events])
    freed = sum(item.size for item, _ in gone)
    keys = tuple(item.key for item in events)
    return Swept(keys, tuple(item.key for item in segments), freed, protected, more)


def needed_bytes(db: sqlite3.Connection, places: Places, retention: RetentionConfig) -> int:
    """What must be deleted for the total to be within its limit, and for enough of the disk to be free."""
    free = free_wanted(retention.min_free_mb * 1e6, total_bytes(places.root)) - free_bytes(places.root)
    excess = total_kept(db, places) - retention.max_gb * 1e9 if retention.max_gb else 0
    return int(max(free, excess))


def total_kept(db: sqlite3.Connection, places: Places) -> int:
    """Bytes taken up in all, with the database."""
    (size,) = db.execute(
        f"SELECT coalesce((SELECT sum(part) FROM (SELECT (sidecar + {2 * BLOCK - 1}) / {BLOCK} * {BLOCK} AS part "
        f"FROM events)), 0) + coalesce((SELECT sum({_SIZE}) FROM files), 0) "
        f"+ coalesce((SELECT sum({_SIZE}) FROM segments), 0)"
    ).fetchone()
    return int(size) + sum(path.stat().st_size for path in _database_files(places) if path.exists())


def _database_files(places: Places) -> Iterator[Path]:
    yield from (places.database, places.database.with_name(places.database.name + "-wal"))


def _aged(
    db: sqlite3.Connection,
    places: Places,
    retention: RetentionConfig,
    now: datetime,
    true: Callable[[datetime], datetime],
    hold: Hold | None,
) -> Iterator[Item]:
    shortest = min([retention.days, *retention.labels.values(), *retention.cameras.values()])
    before = [rows.milliseconds(now - timedelta(days=days)) for days in (retention.continuous_days, shortest)]
    segments = _items(db, f"{_SEGMENTS} WHERE started < ? ORDER BY started", before[0])
    events = _items(db, f"{_EVENTS} WHERE kept = 0 AND phase = 'end' AND started < ? ORDER BY started, id", before[1])
    for item in chain(segments, events):
        item = replace(item, started=true(item.started))
        aged = is_too_old(item, retention, now)
        if aged and item.label and hold is not None and hold.waits(item.key):
            aged = is_too_old(item, retention, now - timedelta(days=hold.days))
        if aged and (not item.label or _may_go(places, item)):
            yield item


def _oldest(db: sqlite3.Connection, places: Places, hold: Hold | None) -> Iterator[Item]:
    """In the order in which they go: continuous recording, events, events that are marked to be kept.

    Of either kind of event, those that aren't elsewhere yet go last."""
    return chain(
        _items(db, f"{_SEGMENTS} ORDER BY started"),
        (
            item
            for kept in (0, 1)
            for item in _held_last(
                _items(db, f"{_EVENTS} WHERE kept = ? AND phase = 'end' ORDER BY started, id", kept), hold
            )
            if _may_go(places, item)
        ),
    )


def _held_last(items: Iterator[Item], hold: Hold | None) -> Iterator[Item]:
    held = []
    for item in items:
        if hold is not None and hold.waits(item.key):
            held.append(item)
        else:
            yield item
    yield from held


def _items(db: sqlite3.Connection, query: str, *values: int) -> Iterator[Item]:
    for key, camera, label, started, kept, size in db.execute(query, values):
        yield Item(key, camera, label, rows.moment(started), size, bool(kept))


def _may_go(places: Places, item: Item) -> bool:
    return not is_being_written(listing(places.folder(item.key)))
