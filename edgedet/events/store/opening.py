"""From a folder to an open, locked, sound database."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from dataclasses import dataclass

from edgedet.disk import sync_folder
from edgedet.events.places import Places
from edgedet.events.store.database import connect, faults, set_aside
from edgedet.events.store.disk import device_of, free_bytes
from edgedet.events.store.emergency import make_room
from edgedet.events.store.errors import StoreDamaged, StoreError, store_error
from edgedet.events.store.lock import WriterLock
from edgedet.events.store.schema import migrate

log = logging.getLogger(__name__)

LOCK = "edgedet.lock"
_NEEDED = 4 << 20
"""Free bytes without which SQLite can't even begin."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open store.

    Attributes:
        db: the database.
        lock: what keeps other writers out.
        device: the number of the disk.
        id: which store this is, wherever its disk is mounted.
    """

    db: sqlite3.Connection
    lock: WriterLock
    device: int
    id: str

    def close(self) -> None:
        """Close the database, then let others in."""
        with contextlib.suppress(sqlite3.Error):  # its disk may be gone
            self.db.close()
        self.lock.release()


def open_store(places: Places, known: str | None) -> Opened:
    """Open a store for writing.

    Args:
        places: where it is.
        known: which store it was before its disk went; None: this is the first opening, and may make a new one.

    Raises:
        StoreError, OSError, sqlite3.Error: it can't be opened.
    """
    root = places.root
    if known is None and not root.exists() and root.parent.is_dir():
        device_of(root.parent)
        root.mkdir(mode=0o750)
    device = device_of(root)
    if known is not None and not places.database.exists():
        raise StoreError(f"{root}: the disk is gone, this folder is empty; plug it in again")
    lock = WriterLock(root / LOCK)
    try:
        if free_bytes(root) < _NEEDED:
            make_room(places, _NEEDED)
        db = _sound(places, known)
    except BaseException:
        lock.release()
        raise
    found = str(db.execute("SELECT id FROM store").fetchone()[0])
    opened = Opened(db, lock, device, found)
    if known not in (None, found):
        opened.close()
        raise StoreError(f"{root}: another store than before; plug the disk in again, or start edgedet anew")
    return opened


def _sound(places: Places, known: str | None) -> sqlite3.Connection:
    """The database; a damaged one is set aside, and an empty one takes its place."""
    try:
        return _open(places)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        if not isinstance(store_error(error, places.root), StoreDamaged):
            raise
    aside = set_aside(places.database)
    log.warning("%s: damaged; set aside as %s and rebuilt from the events' own files", places.database, aside.name)
    db = _open(places)
    if known is not None:
        db.execute("UPDATE store SET id = ?", (known,))
    return db


def _open(places: Places) -> sqlite3.Connection:
    db = connect(places.database)
    try:
        if found := faults(db):
            error = sqlite3.DatabaseError(found[0])
            error.sqlite_errorname = "SQLITE_CORRUPT"
            raise error
        before, after = migrate(db, places.database)
        if before == 0:
            sync_folder(places.root)
        elif before != after:
            log.info("%s: brought from schema %d to %d", places.database, before, after)
    except BaseException:
        db.close()
        raise
    return db
