"""An event's own file, from which the database is made anew after a power cut."""

from __future__ import annotations

import functools
import json
import sqlite3

from edgedet.events.places import Places
from edgedet.events.store import rows
from edgedet.events.store.reconcile import ended
from edgedet.events.store.schema import MIGRATIONS
from edgedet.events.store.sidecar import read_sidecar, write_sidecar
from tests.fuzz.judge import Wrong
from tests.fuzz.scratch import folder

LONGEST = 4096
_ID = "20261121-104455.123-front-7f3a"
_EVENT = {
    "id": _ID, "camera": "front", "label": "person", "rule": "person", "phase": "end",
    "started": "2026-11-21T10:44:55.123+00:00", "ended": "2026-11-21T10:45:01.000+00:00", "begin": 1.5, "end": 7.25,
    "best_score": 0.9, "best_box": [0.1, 0.1, 0.5, 0.5], "best_at": 3.0, "track_id": 4, "zones": ["porch"],
    "lines": ["gate:in"], "stationary": False,
}  # fmt: skip
WORDS = (
    *(json.dumps(word).encode() for word in (*_EVENT, "files", "record", "kind", "clip", _ID)),
    b"null", b"NaN", b"1e999", b'"2026-11-21"', b"\\ud800", b"[[[[", b'"0001-01-01T00:00+23:59"',
)  # fmt: skip


@functools.cache
def _database() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    for statement in (statement for step in MIGRATIONS for statement in step):
        made.execute(statement)
    return made


def case(data: bytes) -> None:
    """Read it, and put what it says into the database, as after a power cut."""
    place = folder() / _ID
    place.mkdir(exist_ok=True)
    path = place / "event.json"
    path.write_bytes(data)
    try:
        sidecar = read_sidecar(path)
    except ValueError:
        return  # it is left alone, and the log says so
    event, db = ended(sidecar.event), _database()
    db.execute("DELETE FROM events")
    rows.put_event(db, event, sidecar.kept)
    for file in sidecar.files[:1]:
        rows.put_file(db, file)
    again = rows.event_of(db, _ID)
    if again.to_dict() != event.to_dict():
        raise Wrong(f"{event} became {again}")
    write_sidecar(Places(folder()), sidecar)


def seeds() -> list[bytes]:
    files = [{"kind": "clip", "size": 5, "begin": 1, "seconds": 6}]
    whole = {"version": 1, "event": _EVENT, "kept": False, "files": files, "record": {"track": [[1, 0, 0, 1, 1, 0.5]]}}
    return [json.dumps(whole).encode(), b"{}", b"[]", b"[" * 2000]
