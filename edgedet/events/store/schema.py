"""The tables, and how an older database becomes a newer one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from edgedet.events.store.errors import StoreError

APPLICATION_ID = 0x65646745
"""Stands in the header of every database of ours."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE events (
            id TEXT PRIMARY KEY,
            camera TEXT NOT NULL,
            label TEXT NOT NULL,
            phase TEXT NOT NULL,
            started INTEGER NOT NULL, -- milliseconds since 1970, UTC
            ended INTEGER,
            body TEXT NOT NULL, -- the event as JSON
            kept INTEGER NOT NULL DEFAULT 0,
            sidecar INTEGER NOT NULL DEFAULT 0 -- its bytes
        )""",
        "CREATE INDEX events_started ON events (started)",
        """CREATE TABLE tracks (
            event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
            track_id INTEGER NOT NULL,
            label TEXT NOT NULL,
            first REAL NOT NULL, -- seconds of the source's clock
            last REAL NOT NULL,
            PRIMARY KEY (event_id, track_id)
        ) WITHOUT ROWID""",
        """CREATE TABLE files (
            event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            size INTEGER NOT NULL,
            begin REAL NOT NULL,
            seconds REAL NOT NULL,
            PRIMARY KEY (event_id, kind)
        ) WITHOUT ROWID""",
        """CREATE TABLE segments (
            path TEXT PRIMARY KEY, -- below the root
            camera TEXT NOT NULL,
            size INTEGER NOT NULL,
            started INTEGER NOT NULL,
            seconds REAL NOT NULL
        )""",
        "CREATE INDEX segments_started ON segments (started)",
        "CREATE TABLE writes (day TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE store (id TEXT NOT NULL)",
        "INSERT INTO store VALUES (lower(hex(randomblob(16))))",
    ),
)
"""What brings the schema from version N to N + 1, statement by statement. Only ever append to it."""


def version(db: sqlite3.Connection) -> int:
    """The schema's version; 0 of an empty file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check_version(db: sqlite3.Connection, path: object, newest: int = len(MIGRATIONS)) -> int:
    """The schema's version, if it is one this edgedet knows.

    Raises:
        StoreError: the database is another program's, or of a newer edgedet.
    """
    found = version(db)
    foreign = db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID
    if foreign and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise StoreError(f"{path}: another program's database; give another folder as storage.path")
    if found > newest:
        raise StoreError(
            f"{path}: made by a newer edgedet (schema {found}, this one knows up to {newest}); update edgedet"
        )
    return found


def migrate(db: sqlite3.Connection, path: object, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> tuple[int, int]:
    """Bring the schema up to date, all or nothing.

    Args:
        db: a connection without a transaction.
        path: names the database in errors.
        migrations: the steps there are.

    Returns:
        The version before and the one after.

    Raises:
        StoreError: see :func:`check_version`.
    """
    found = check_version(db, path, len(migrations))
    if found == len(migrations):
        return found, found
    db.execute("BEGIN IMMEDIATE")
    try:
        for step in migrations[found:]:
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(migrations)}")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return found, len(migrations)
