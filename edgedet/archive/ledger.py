"""What has been archived, what waits, and how far each file has come: survives ``kill -9`` at any moment.

The store is the queue: an event waits there, with its files, until it is here as archived. That is why this isn't
the outbox: that one carries messages and drops the oldest of ten thousand, while here nothing may be dropped, a file
needs to remember its upload, and ``edgedet archive status`` must be able to look in.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from edgedet.archive.faults import ArchiveError
from edgedet.archive.schema import FILE, connect
from edgedet.events.places import Places
from edgedet.events.store.database import transaction
from edgedet.events.store.errors import StoreError

State = Literal["waiting", "archived", "lost"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A file that is being sent, or was.

    Attributes:
        kind: ``clip``, ``snapshot`` or ``json``.
        key: where to.
        size, sha256, checksum: of what is sent; see :class:`edgedet.archive.body.Content`.
        upload_id: of an upload in parts; empty: none has begun.
        done: whether it is there, and was found to be right.
    """

    kind: str
    key: str
    size: int
    sha256: str
    checksum: str
    upload_id: str = ""
    done: bool = False


class Ledger:
    """The file ``archive.db`` of a store; from any thread, in turns.

    Args:
        root: the store's folder.

    Raises:
        OSError, sqlite3.Error: it can't be opened; so do all methods.
    """

    def __init__(self, root: Path) -> None:
        self._turn = threading.Lock()
        self._db = connect(root / FILE)
        self.archive = self.note("archive")

    def wait(self, events: Iterable[tuple[str, datetime, Mapping[str, Any]]]) -> None:
        """Note ended events that are to be uploaded; those that are known stay as they are.

        Args:
            events: id, UTC time of the end, and what the catalogue says of each.
        """
        rows = [(key, _milliseconds(ended), json.dumps(record)) for key, ended, record in events]
        with self._turn, transaction(self._db, durable=False):
            self._db.executemany(
                "INSERT OR IGNORE INTO events (id, ended, state, record) VALUES (?, ?, 'waiting', ?)", rows
            )

    def waiting(self, most: int = -1) -> list[str]:
        """The events that wait, those first that ended first."""
        return [
            row[0] for row in self._all("SELECT id FROM events WHERE state = 'waiting' ORDER BY ended LIMIT ?", most)
        ]

    def archived(self) -> list[str]:
        """The events that are archived, oldest first."""
        return [row[0] for row in self._all("SELECT id FROM events WHERE state = 'archived' ORDER BY id")]

    def again(self, event_id: str) -> None:
        """Have an event uploaded again, as if it had never been."""
        with self._turn, transaction(self._db):
            self._db.execute("DELETE FROM files WHERE event_id = ?", (event_id,))
            self._db.execute(
                "UPDATE events SET state = 'waiting', batch = NULL, done_at = NULL WHERE id = ?", (event_id,)
            )

    def state(self, event_id: str) -> State | None:
        """How far an event is; None: it was never heard of."""
        rows = self._all("SELECT state FROM events WHERE id = ?", event_id)
        return rows[0][0] if rows else None

    def unknown(self, ids: Collection[str]) -> list[str]:
        """Those of these events that were never heard of."""
        known = {row[0] for row in self._all("SELECT id FROM events")}
        return [each for each in ids if each not in known]

    def record(self, event_id: str) -> dict[str, Any]:
        """What the catalogue says of an event that is known."""
        return dict(json.loads(self._all("SELECT record FROM events WHERE id = ?", event_id)[0][0]))

    def finish(self, event_id: str, state: State, record: Mapping[str, Any], now: datetime) -> None:
        """Note that an event is archived or lost, durably, with what the catalogue says of it."""
        with self._turn, transaction(self._db):
            self._db.execute(
                "UPDATE events SET state = ?, record = ?, done_at = ? WHERE id = ?",
                (state, json.dumps(record), _milliseconds(now), event_id),
            )

    def plan(self, event_id: str, kind: str) -> Plan | None:
        """What is known of a file of an event; None: nothing."""
        return next((plan for plan in self.plans(event_id) if plan.kind == kind), None)

    def plans(self, event_id: str) -> list[Plan]:
        """The same, of all its files."""
        rows = self._all(
            "SELECT kind, key, size, sha256, checksum, upload_id, done FROM files WHERE event_id = ?", event_id
        )
        return [
            Plan(kind, key, size, sha256, checksum, upload_id, bool(done))
            for kind, key, size, sha256, checksum, upload_id, done in rows
        ]

    def put_plan(self, event_id: str, plan: Plan) -> None:
        """Remember how far a file is, before the next step is taken."""
        with self._turn, transaction(self._db):
            values = (plan.kind, plan.key, plan.size, plan.sha256, plan.checksum, plan.upload_id, plan.done)
            self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (event_id, *values))

    def counts(self) -> dict[str, int]:
        """How many events wait, are archived and are lost."""
        return dict(self._all("SELECT state, count(*) FROM events GROUP BY state"))

    def prune(self, present: Collection[str], before: datetime) -> None:
        """Forget what is in the catalogue, was done before a time, and isn't in the store any more."""
        old = self._all(
            "SELECT id FROM events JOIN batches ON batch = number WHERE sent AND done_at < ?", _milliseconds(before)
        )
        with self._turn, transaction(self._db, durable=False):
            self._db.executemany("DELETE FROM events WHERE id = ?", [row for row in old if row[0] not in present])

    def note(self, name: str, value: str | None = None) -> str:
        """A note by its name, empty if there is none; given a value, that is what it says from now on."""
        if value is not None:
            with self._turn, transaction(self._db, durable=False):
                self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))
        rows = self._all("SELECT value FROM notes WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def batch(self) -> list[tuple[int, str, str, list[str]]]:
        """Batches of the catalogue that aren't sent: number, day, camera, and a line of JSON for each event.

        What is done and in no batch yet is put into new ones first, so that a batch is the same each time it is sent.
        """
        with self._turn, transaction(self._db):
            groups: dict[tuple[str, str], list[str]] = {}
            for event_id, record in self._db.execute(
                "SELECT id, record FROM events WHERE batch IS NULL AND state != 'waiting'"
            ):
                said = json.loads(record)
                groups.setdefault((said["day"], said["camera"]), []).append(event_id)
            for (day, camera), ids in groups.items():
                cursor = self._db.execute("INSERT INTO batches (day, camera) VALUES (?, ?)", (day, camera))
                self._db.executemany("UPDATE events SET batch = ? WHERE id = ?", [(cursor.lastrowid, i) for i in ids])
        return [
            (number, day, camera, [row[0] for row in self._all("SELECT record FROM events WHERE batch = ?", number)])
            for number, day, camera in self._all("SELECT number, day, camera FROM batches WHERE NOT sent")
        ]

    def batch_sent(self, number: int) -> None:
        """Note that a batch is in the bucket."""
        with self._turn, transaction(self._db):
            self._db.execute("UPDATE batches SET sent = 1 WHERE number = ?", (number,))

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            self._db.close()

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._turn:
            return self._db.execute(query, values).fetchall()


def open_ledger(root: Path) -> Ledger:
    """The ledger of a store, for commands.

    Raises:
        ArchiveError: it can't be opened.
        StoreError: no events are kept there.
    """
    if not Places(root).database.is_file():
        raise StoreError(f"{root}: no events are kept here; give the folder that storage.path names")
    try:
        return Ledger(root)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ArchiveError(f"{root / FILE}: can't be opened ({reason}); check the disk, or that it is yours") from None


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
