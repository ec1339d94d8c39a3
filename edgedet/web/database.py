"""The file that knows who may do what: one SQLite database, used by the running camera and the command line at once."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edgedet.disk import disk_error
from edgedet.errors import OutputError

BUSY_S = 5.0
"""Seconds to wait for another process that writes."""

_TABLES = """
CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, role TEXT NOT NULL, hash TEXT NOT NULL, made REAL NOT NULL);
CREATE TABLE IF NOT EXISTS machines (name TEXT PRIMARY KEY, role TEXT NOT NULL, digest TEXT NOT NULL UNIQUE,
    made REAL NOT NULL, used REAL);
CREATE TABLE IF NOT EXISTS sessions (digest TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    made REAL NOT NULL, seen REAL NOT NULL);
CREATE TABLE IF NOT EXISTS setup (one INTEGER PRIMARY KEY CHECK (one = 1), digest TEXT NOT NULL, ends REAL NOT NULL);
"""


class Database:
    """Passwords and tokens stand in it as hashes only. The file is for its owner alone (0600).

    Args:
        path: the file; it and its folder are made where missing, and belong to whom the folder above belongs to.

    Raises:
        OutputError: it can't be made, read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            _make(path)
        except OSError as error:
            raise disk_error(path, error) from None
        try:
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.executescript(_TABLES)
        except sqlite3.Error as error:
            raise _unusable(path, error) from None

    def read(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._lock:
            try:
                return self._db.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise _unusable(self.path, error) from None

    def write(self, statement: str, values: Sequence[Any] = ()) -> int:
        """How many rows a statement changed; safe on the disk when it returns."""
        with self.change() as db:
            return db.execute(statement, values).rowcount

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Several statements, all of them or none; nobody else writes in between."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                except BaseException:
                    self._db.execute("ROLLBACK")
                    raise
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                raise _unusable(self.path, error) from None

    def close(self) -> None:
        """Let go of the file; twice is fine."""
        with self._lock:
            self._db.close()


def _make(path: Path) -> None:
    folder = path.parent
    for each in (folder.parent, folder):
        if not each.is_dir():
            each.mkdir(parents=True, mode=0o700)
            give(each)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        give(path)
    path.chmod(0o600)


def give(path: Path) -> None:
    """Let a file or folder belong to whom its folder does: the command line, run as root, makes it for the camera."""
    if os.geteuid() == 0:
        above = path.parent.stat()
        os.chown(path, above.st_uid, above.st_gid)


def _unusable(path: Path, error: sqlite3.Error) -> OutputError:
    if isinstance(error, sqlite3.DatabaseError) and "not a database" in str(error):
        return OutputError(f"{path}: no list of users; move it away and make users again: edgedet web token")
    return OutputError(f"{path}: can't be used ({error}); check the disk and who owns it")
