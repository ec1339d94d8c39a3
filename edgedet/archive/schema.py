"""The file that remembers what is archived; opening it, to write or to read."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from edgedet.archive.faults import ArchiveError
from edgedet.events.store.database import faults, set_aside
from edgedet.events.store.disk import device_of

log = logging.getLogger(__name__)

FILE = "archive.db"
"""Its name, beside the store's own."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY,
    ended INTEGER NOT NULL, -- milliseconds since 1970, UTC
    state TEXT NOT NULL, -- waiting, archived, lost
    record TEXT NOT NULL, -- what the catalogue says of it, as JSON
    done_at INTEGER,
    batch INTEGER -- of the catalogue; NULL: in none yet
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS events_state ON events (state, ended);
CREATE INDEX IF NOT EXISTS events_unsaid ON events (id) WHERE batch IS NULL AND state != 'waiting';
CREATE INDEX IF NOT EXISTS events_batch ON events (batch) WHERE batch IS NOT NULL;
CREATE TABLE IF NOT EXISTS files (
    event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    kind TEXT NOT NULL, -- clip, snapshot, json
    key TEXT NOT NULL,
    size INTEGER NOT NULL, -- of what is sent, as are the digests
    sha256 TEXT NOT NULL,
    checksum TEXT NOT NULL,
    upload_id TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (event_id, kind)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batches (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    day TEXT NOT NULL,
    camera TEXT NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO notes VALUES ('archive', lower(hex(randomblob(4))));
"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection that writes, for threads that take turns; a damaged file is set aside, and begun anew.

    Nothing is lost by that but time: what has arrived is sent again, under the same keys.

    Raises:
        StoreError: the disk that it should be on isn't mounted.
        OSError, sqlite3.Error: the disk doesn't take it.
    """
    device_of(path.parent)
    try:
        return _open(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        aside = set_aside(path)
        log.error("%s: damaged (%s); set aside as %s, what is archived is sent again", path, error, aside.name)
        return _open(path)


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        path.chmod(0o600)  # it tells who comes and goes
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA journal_size_limit = 4194304")
        if found := faults(db):
            raise sqlite3.DatabaseError(found[0])
        db.executescript(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that only reads, beside a running uploader or without one.

    Raises:
        ArchiveError: there is no such file, or it can't be read.
    """
    if not path.is_file():
        raise ArchiveError(f"{path.parent}: nothing was ever archived from here; set archive.bucket, start edgedet run")
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as db:
            yield db
    except sqlite3.Error as error:
        raise ArchiveError(f"{path}: can't be read ({error}); check the disk, or that the folder is yours") from None
