"""Reading what is kept, from any process, while the camera runs or not."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from edgedet.event import Event
from edgedet.events.places import Kept, Kind, Places, Segment
from edgedet.events.store import rows
from edgedet.events.store.database import reading
from edgedet.events.store.errors import StoreError


@dataclass(frozen=True, slots=True)
class Query:
    """Which events. What is left out doesn't matter.

    Attributes:
        since, until: those that lasted into this time, UTC; ``until`` itself isn't in it.
        labels, cameras: of one of these.
        zones: that have been in one of these.
        kept: marked to be kept, or not.
        ids: these, each by its whole id.
        newest_first: the order; else the oldest come first.
        limit: most events; 0: all.
    """

    since: datetime | None = None
    until: datetime | None = None
    labels: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()
    kept: bool | None = None
    ids: tuple[str, ...] = ()
    newest_first: bool = False
    limit: int = 0


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it is kept.

    Attributes:
        event: as it was last told.
        kept: whether it is marked to be kept.
        files: its finished files.
        sidecar: its ``event.json``, which remembers its track and verdicts.
        size: bytes of all of them.
    """

    event: Event
    kept: bool
    files: tuple[Kept, ...]
    sidecar: Path
    size: int

    def file(self, kind: Kind) -> Kept | None:
        """Its file of that kind, if it has one."""
        return next((file for file in self.files if file.kind == kind), None)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        files = {
            file.kind: {"path": str(file.path), "size": file.size, "begin": file.begin, "seconds": file.seconds}
            for file in self.files
        }
        return {**self.event.to_dict(), "kept": self.kept, "size": self.size, "files": files}


def query(root: Path, wanted: Query | None = None) -> list[StoredEvent]:
    """The events that are kept under a folder.

    Args:
        root: the folder, as :class:`edgedet.events.store.Store` was given it.
        wanted: which; None: all, oldest first.

    Raises:
        StoreError: nothing is kept there, or it can't be read.
    """
    places = Places(root)
    with reading(places.database) as db:
        return list(select(db, places, wanted or Query()))


def find_id(root: Path, text: str) -> str:
    """The id of an event from how it begins, or from ``latest``.

    Raises:
        StoreError: there is none, or more than one; or see :func:`query`.
    """
    with reading(Places(root).database) as db:
        if text == "latest":
            found = db.execute("SELECT id FROM events ORDER BY started DESC, id DESC LIMIT 1").fetchall()
        else:
            found = db.execute("SELECT id FROM events WHERE substr(id, 1, ?) = ? LIMIT 3", (len(text), text)).fetchall()
    if not found:
        raise StoreError(f"{text}: no such event; see: edgedet events list")
    if len(found) > 1 and text not in (row[0] for row in found):
        raise StoreError(f"{text}: more than one event begins so, such as {found[0][0]} and {found[1][0]}; write more")
    return text if len(found) > 1 else str(found[0][0])


def segments(root: Path, since: datetime | None = None, until: datetime | None = None) -> list[Segment]:
    """The pieces of continuous recording that overlap a time, oldest first.

    Raises:
        StoreError: nothing is kept there, or it can't be read.
    """
    places = Places(root)
    low = rows.milliseconds(since) if since else -(2**62)
    high = rows.milliseconds(until) if until else 2**62
    with reading(places.database) as db:
        found = db.execute(
            "SELECT * FROM segments WHERE started < ? AND started + seconds * 1000 > ? ORDER BY started", (high, low)
        )
        return [rows.segment_of(places, row) for row in found]


def select(db: sqlite3.Connection, places: Places, wanted: Query) -> Iterator[StoredEvent]:
    """The events, from an open database."""
    where, values = _conditions(wanted)
    order = "DESC" if wanted.newest_first else "ASC"
    found = db.execute(
        f"SELECT id, body, kept, sidecar FROM events WHERE {where} ORDER BY started {order}, id {order} LIMIT ?",
        (*values, wanted.limit or -1),
    )
    for event_id, body, kept, sidecar in found:
        files = rows.files_of(db, places, event_id)
        size = sidecar + sum(file.size for file in files)
        event = Event.from_dict(json.loads(body))
        yield StoredEvent(event, bool(kept), files, places.sidecar(event_id), size)


def _conditions(wanted: Query) -> tuple[str, list[Any]]:
    where, values = ["1"], list[Any]()
    if wanted.since is not None:
        where.append("(phase != 'end' OR ended >= ?)")
        values.append(rows.milliseconds(wanted.since))
    if wanted.until is not None:
        where.append("started < ?")
        values.append(rows.milliseconds(wanted.until))
    if wanted.kept is not None:
        where.append("kept = ?")
        values.append(wanted.kept)
    for column, allowed in (("label", wanted.labels), ("camera", wanted.cameras), ("id", wanted.ids)):
        if allowed:
            where.append(f"{column} IN ({_marks(allowed)})")
            values.extend(allowed)
    if wanted.zones:
        where.append(f"EXISTS (SELECT 1 FROM json_each(body, '$.zones') WHERE value IN ({_marks(wanted.zones)}))")
        values.extend(wanted.zones)
    return " AND ".join(where), values


def _marks(values: tuple[str, ...]) -> str:
    return ", ".join("?" * len(values))
