"""Opening SQLite's file: for the one writer, and for everybody else."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from edgedet.events.store.errors import StoreDamaged, StoreError, store_error
from edgedet.events.store.schema import MIGRATIONS, check_version

BUSY_S = 10.0
"""How long one writer waits for another."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection that writes; the file is made where there is none.

    Write-ahead logging lets readers read meanwhile (https://sqlite.org/wal.html). Threads must take turns.
    """
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA journal_size_limit = 4194304")
    except BaseException:
        db.close()
        raise
    return db


@contextlib.contextmanager
def transaction(db: sqlite3.Connection, durable: bool = True) -> Iterator[None]:
    """All or nothing, alone among the writers from its beginning.

    Args:
        db: the connection.
        durable: flush to the disk at the end, against power cuts; without, what a power cut takes must be in
            the folders anyhow. Either survives the end of the process.
    """
    db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # what made it fail is the news
            if db.in_transaction:
                db.execute("ROLLBACK")
        raise


def faults(db: sqlite3.Connection, full: bool = False) -> list[str]:
    """What is wrong with the file by SQLite's own check; empty if nothing is.

    Args:
        db: the connection.
        full: compare the indices with their tables too, which takes longer.
    """
    try:
        rows = db.execute(f"PRAGMA {'integrity_check' if full else 'quick_check'}").fetchall()
    except sqlite3.OperationalError:
        raise  # busy, or the disk failed: says nothing about the file
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [str(row[0]) for row in rows if row[0] != "ok"]


def set_aside(path: Path) -> Path:
    """Move a damaged database, with its log, out of the way; where it is now."""
    aside = path.with_name(f"{path.name}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}")
    for suffix in ("-wal", "-shm", ""):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).replace(aside.with_name(aside.name + suffix))
    return aside


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that only reads, beside a running writer or without one.

    Raises:
        StoreError: there is none, it is damaged, or of another version.
    """
    if not path.is_file():
        raise StoreError(f"{path.parent}: no events are kept here; give the folder that storage.path names")
    try:
        db = _open_to_read(path)
    except sqlite3.Error as error:
        raise store_error(error, path.parent) from None
    try:
        check_readable(db, path)
        yield db
    except sqlite3.Error as error:
        raise store_error(error, path.parent) from None
    finally:
        db.close()


def _open_to_read(path: Path) -> sqlite3.Connection:
    uri = path.absolute().as_uri()
    db = sqlite3.connect(f"{uri}?mode=ro", uri=True, timeout=BUSY_S, isolation_level=None)
    try:
        db.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        db.close()
        if path.with_name(path.name + "-wal").exists():
            raise
        # Nobody writes, and we may not make the log's index beside the file: it won't change under us.
        db = sqlite3.connect(f"{uri}?immutable=1", uri=True, isolation_level=None)
    except BaseException:
        db.close()
        raise
    return db


def check_readable(db: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError unless the schema is exactly the one that this edgedet knows."""
    found = check_version(db, path)
    if found < len(MIGRATIONS):
        raise StoreError(f"{path}: of an older edgedet (schema {found}); start edgedet run once, which updates it")


def check(path: Path) -> None:
    """Look through the whole database.

    Raises:
        StoreDamaged: what SQLite found first.
        StoreError: it can't be read.
    """
    with reading(path) as db:
        found = faults(db, full=True)
    if found:
        raise StoreDamaged(
            f"{path}: damaged ({found[0]}, {len(found)} faults); start edgedet run, which rebuilds it from the events"
        )
