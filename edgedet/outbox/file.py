"""The outbox's file: SQLite, written through to the disk."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edgedet.outbox.item import Item
from edgedet.outbox.opening import connect

REMEMBER = timedelta(days=30)
"""How long the key of a message that is done is remembered."""
REMEMBER_MOST = 100_000
"""How many of them, of all sinks together."""


class MessageFile:
    """The messages that wait, and the keys of those that are done. Threads must take turns.

    Args:
        path: the file: see :func:`edgedet.outbox.opening.connect`.

    Raises:
        sqlite3.Error, OSError: it can't be opened or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = connect(path)
        self._identity = self._identify()
        self.prune()

    def _identify(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_dev, found.st_ino

    def put(self, sink: str, key: str, message: str, picture: bytes | None, at: datetime) -> bool:
        """Add a message, as JSON; False: its key is there already."""
        with self.transaction():
            return (
                self._db.execute(
                    "INSERT OR IGNORE INTO messages (sink, key, put_at, message, picture) VALUES (?, ?, ?, ?, ?)",
                    (sink, key, _milliseconds(at), message, picture),
                ).rowcount
                > 0
            )

    def finish(self, sink: str, key: str) -> bool:
        """Forget a message, but not its key, even one that never was put; False: it was done already."""
        now = _milliseconds(datetime.now(UTC))
        with self.transaction():
            return (
                self._db.execute(
                    "INSERT INTO messages (sink, key, put_at, done_at) VALUES (?, ?, ?, ?) ON CONFLICT (sink, key) DO"
                    " UPDATE SET message = NULL, picture = NULL, done_at = excluded.done_at WHERE done_at IS NULL",
                    (sink, key, now, now),
                ).rowcount
                > 0
            )

    def knows(self, sink: str, key: str) -> bool:
        """Whether that key is there, waiting or done."""
        return bool(self._db.execute("SELECT 1 FROM messages WHERE sink = ? AND key = ?", (sink, key)).fetchone())

    def oldest(self, sink: str | None, but: Collection[tuple[str, str]] = ()) -> Item | None:
        """The message that waits longest.

        Args:
            sink: for whom; None: for anybody.
            but: those that don't count, by sink and key.
        """
        where, values = ("sink = ? AND", (sink,)) if sink is not None else ("", ())
        waiting = self._db.execute(
            f"SELECT id, sink, key FROM messages WHERE {where} done_at IS NULL ORDER BY id", values
        )
        found = next((number for number, *name in waiting if tuple(name) not in but), None)
        waiting.close()
        if found is None:
            return None
        row = self._db.execute("SELECT sink, key, message, picture, put_at FROM messages WHERE id = ?", (found,))
        sink, key, message, picture, put_at = row.fetchone()
        at = datetime.fromtimestamp(put_at / 1000, UTC)
        return Item(found, sink, key, json.loads(message), picture, 0, at)

    def waiting(self) -> dict[str, int]:
        """How many messages wait, by sink."""
        return dict(self._db.execute("SELECT sink, count(*) FROM messages WHERE done_at IS NULL GROUP BY sink"))

    def newest(self) -> datetime | None:
        """When the latest message was put; None: never."""
        found = self._db.execute("SELECT max(put_at) FROM messages").fetchone()[0]
        return None if found is None else datetime.fromtimestamp(found / 1000, UTC)

    def prune(self) -> None:
        """Forget the keys that needn't be remembered any more, and give the room back."""
        self._db.execute("DELETE FROM messages WHERE done_at < ?", (_milliseconds(datetime.now(UTC) - REMEMBER),))
        self._db.execute(
            "DELETE FROM messages WHERE done_at IS NOT NULL AND id <="
            " (SELECT id FROM messages WHERE done_at IS NOT NULL ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (REMEMBER_MOST,),
        )
        self._db.executescript("PRAGMA incremental_vacuum")  # execute() would give back one page alone

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; those inside another are part of it.

        Raises:
            FileNotFoundError: the file was taken away, so that what is written would be lost.
        """
        if self._db.in_transaction:
            yield
            return
        if self._identify() != self._identity:
            raise FileNotFoundError(2, "taken away", str(self._path))
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # what made it fail is the news
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
            raise

    def sound(self) -> bool:
        """Whether the file is still there and can be read."""
        try:
            self._db.execute("SELECT count(*) FROM messages").fetchone()
            return self._identify() == self._identity
        except (OSError, sqlite3.Error):
            return False

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            self._db.close()


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
