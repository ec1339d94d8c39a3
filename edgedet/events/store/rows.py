"""Events, files and segments as rows."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime

from edgedet.event import Event
from edgedet.events.places import Kept, Places, Segment


def milliseconds(time: datetime) -> int:
    """As times stand in the tables."""
    return round(time.timestamp() * 1000)


def moment(value: int) -> datetime:
    """The reverse of :func:`milliseconds`, in UTC."""
    return datetime.fromtimestamp(value / 1000, UTC)


def put_event(db: sqlite3.Connection, event: Event, kept: bool | None = None) -> None:
    """Add an event, or bring it up to date; ``kept`` None leaves that mark as it is."""
    db.execute(
        "INSERT INTO events (id, camera, label, phase, started, ended, body, kept) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET camera = excluded.camera, label = excluded.label, phase = excluded.phase, "
        "started = excluded.started, ended = excluded.ended, body = excluded.body, kept = coalesce(?, kept)",
        (
            event.id,
            event.camera,
            event.label,
            event.phase,
            milliseconds(event.started),
            None if event.ended is None else milliseconds(event.ended),
            json.dumps(event.to_dict(), ensure_ascii=False),
            bool(kept),
            kept,
        ),
    )
    db.execute(
        "INSERT OR REPLACE INTO tracks VALUES (?, ?, ?, ?, ?)",
        (event.id, event.track_id, event.label, event.begin, event.end),
    )


def set_sidecar(db: sqlite3.Connection, event_id: str, size: int) -> None:
    """Remember how large its sidecar is."""
    db.execute("UPDATE events SET sidecar = ? WHERE id = ?", (size, event_id))


def is_there(db: sqlite3.Connection, event_id: str) -> bool:
    """Whether there is such an event."""
    return db.execute("SELECT 1 FROM events WHERE id = ?", (event_id,)).fetchone() is not None


def event_of(db: sqlite3.Connection, event_id: str) -> Event:
    """An event that is there, as it was put."""
    (body,) = db.execute("SELECT body FROM events WHERE id = ?", (event_id,)).fetchone()
    return Event.from_dict(json.loads(body))


def is_kept(db: sqlite3.Connection, event_id: str) -> bool:
    """Whether an event is marked to be kept."""
    row = db.execute("SELECT kept FROM events WHERE id = ?", (event_id,)).fetchone()
    return bool(row and row[0])


def put_file(db: sqlite3.Connection, file: Kept) -> None:
    """Add a file of an event that is there, or bring it up to date."""
    db.execute(
        "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
        (file.event_id, file.kind, file.size, file.begin, file.seconds),
    )


def files_of(db: sqlite3.Connection, places: Places, event_id: str) -> tuple[Kept, ...]:
    """The files of an event, in the order of their kinds."""
    rows = db.execute("SELECT kind, size, begin, seconds FROM files WHERE event_id = ? ORDER BY kind", (event_id,))
    return tuple(Kept(event_id, row[0], places.file(event_id, row[0]), *row[1:]) for row in rows)


def put_segment(db: sqlite3.Connection, places: Places, segment: Segment) -> None:
    """Add a piece of continuous recording."""
    path = segment.path.relative_to(places.root).as_posix()
    db.execute(
        "INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?, ?)",
        (path, segment.camera, segment.size, milliseconds(segment.started), segment.seconds),
    )


def segment_of(places: Places, row: tuple[str, str, int, int, float]) -> Segment:
    """A row of ``segments``, as it was put."""
    path, camera, size, started, seconds = row
    return Segment(camera, places.root / path, size, moment(started), seconds)
