"""Opening the outbox's file; one that is damaged is set aside."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from edgedet.disk import sync_folder
from edgedet.events.store.disk import device_of

log = logging.getLogger(__name__)

_BUSY_S = 2.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sink TEXT NOT NULL,
    key TEXT NOT NULL,
    put_at INTEGER NOT NULL, -- milliseconds since 1970, UTC
    message TEXT, -- JSON; NULL when done
    picture BLOB,
    done_at INTEGER,
    UNIQUE (sink, key)
);
CREATE INDEX IF NOT EXISTS messages_waiting ON messages (sink, id) WHERE done_at IS NULL;
CREATE INDEX IF NOT EXISTS messages_done ON messages (done_at) WHERE done_at IS NOT NULL;
"""


class _Damaged(sqlite3.DatabaseError):
    """What SQLite's own check found."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection whose transactions are on the disk when they return, for one process at a time.

    That is write-ahead logging with ``synchronous = FULL`` (https://sqlite.org/pragma.html#pragma_synchronous).

    Args:
        path: the file; made, with its folder, where there is none, for its owner's eyes only.

    Raises:
        StoreError: the disk that it should be on isn't mounted.
        sqlite3.Error, OSError: it can't be opened or written.
    """
    device_of(next(folder for folder in path.absolute().parents if folder.exists()))  # raises if it isn't mounted
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _open(path)
    except sqlite3.DatabaseError as error:
        if not damaged(error):
            raise
        log.error("%s: damaged (%s); set aside as %s, what waited in it is not sent", path, error, _aside(path))
        return _open(path)


def damaged(error: Exception) -> bool:
    """Whether it says that the file, not the disk, is what fails."""
    name = getattr(error, "sqlite_errorname", None) or ""
    return isinstance(error, _Damaged) or name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def _open(path: Path) -> sqlite3.Connection:
    new = not path.exists()
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    path.chmod(0o600)  # messages tell who comes and goes; SQLite gives its log the same mode
    db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        for pragma in ("locking_mode = EXCLUSIVE", "auto_vacuum = INCREMENTAL", "journal_mode = WAL"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA journal_size_limit = 4194304")
        if (found := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise _Damaged(found)
        db.executescript(_SCHEMA)
    except BaseException:
        db.close()
        raise
    if new:
        sync_folder(path.parent)
    return db


def _aside(path: Path) -> str:
    """Move a damaged database, with its log, out of the way; what it is called now."""
    aside = path.with_name(f"{path.name}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}")
    for suffix in ("-wal", ""):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).replace(aside.with_name(aside.name + suffix))
    return aside.name
