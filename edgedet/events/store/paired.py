"""A row and its sidecar, which always say the same."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from typing import Any

from edgedet.event import Event
from edgedet.events.places import Places
from edgedet.events.store import rows
from edgedet.events.store.sidecar import Sidecar, read_sidecar, write_sidecar

log = logging.getLogger(__name__)


def put_sidecar(db: sqlite3.Connection, places: Places, event: Event, record: Mapping[str, Any]) -> int:
    """Write the sidecar of an event that has its row; its size in bytes."""
    files = rows.files_of(db, places, event.id)
    size = write_sidecar(places, Sidecar(event, record, rows.is_kept(db, event.id), files))
    rows.set_sidecar(db, event.id, size)
    return size


def rewrite_sidecar(db: sqlite3.Connection, places: Places, event_id: str) -> int:
    """Write it again because its row or its files have changed; its size in bytes. What it remembers stays."""
    return put_sidecar(db, places, rows.event_of(db, event_id), record_of(places, event_id))


def record_of(places: Places, event_id: str) -> Mapping[str, Any]:
    """What an event's sidecar remembers; nothing if there is none to be read."""
    try:
        return read_sidecar(places.sidecar(event_id)).record
    except FileNotFoundError:
        return {}
    except ValueError as error:
        log.warning("%s", error)
        return {}
