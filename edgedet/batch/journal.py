"""What of a run is done: an SQLite file in its output folder, written before anything is counted as done."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgedet.batch.work import Unit
from edgedet.disk import disk_error
from edgedet.errors import OutputError

_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS units (
    number INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, items INTEGER NOT NULL, frames INTEGER NOT NULL,
    failed TEXT NOT NULL, worker TEXT NOT NULL, wall_s REAL NOT NULL, cpu_s REAL NOT NULL, spent TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS deaths (key TEXT NOT NULL, reason TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A unit that is done.

    Attributes:
        number: which.
        bytes: of its shard.
        items, frames: how many it had.
        failed: of each item that failed its key, the reason, and how many lines there are all the same.
        worker: who did it.
        wall_s, cpu_s: what it took, in seconds.
        spent: the items' times, by name.
    """

    number: int
    bytes: int
    items: int
    frames: int
    failed: tuple[tuple[str, str, int], ...]
    worker: str
    wall_s: float
    cpu_s: float
    spent: Mapping[str, Sequence[float]]


class Journal:
    """The record of a run. What it says is on the disk.

    Args:
        path: its file; made if it isn't there.

    Raises:
        OutputError: it can't be written, or isn't a journal.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._base = sqlite3.connect(path)
            self._base.execute("PRAGMA synchronous=FULL")
            self._base.executescript(_TABLES)
        except sqlite3.Error as error:
            raise self._error(error) from None

    def about(self) -> dict[str, Any]:
        """What the run is, as :meth:`begin` was told; empty for a new one."""
        return {name: json.loads(value) for name, value in self._read("SELECT name, value FROM about")}

    def begin(self, about: Mapping[str, Any]) -> None:
        """Note what the run is."""
        rows = [(name, json.dumps(value, sort_keys=True)) for name, value in about.items()]
        self._write("INSERT OR REPLACE INTO about VALUES (?, ?)", rows)

    def finish(self, row: Row) -> None:
        """Note that a unit is done; its shard must be on the disk."""
        values = row.number, row.bytes, row.items, row.frames, json.dumps(row.failed), row.worker
        times = row.wall_s, row.cpu_s, json.dumps(row.spent)
        self._write("INSERT OR REPLACE INTO units VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [(*values, *times)])

    def died(self, unit: Unit, reason: str) -> None:
        """Note that a worker died, or had no memory, doing a unit: each of its items has used up a try."""
        self._write("INSERT INTO deaths VALUES (?, ?)", [(item.key, reason) for item in unit.items])

    def tries(self) -> Counter[str]:
        """How many tries each item has used up, by key."""
        return Counter(key for (key,) in self._read("SELECT key FROM deaths"))

    def last_words(self, key: str) -> str:
        """Why an item used up its last try; empty if it hasn't used up any."""
        reasons = self._read("SELECT reason FROM deaths WHERE key = ? ORDER BY rowid DESC LIMIT 1", (key,))
        return str(reasons[0][0]) if reasons else ""

    def rows(self) -> Iterator[Row]:
        """The units that are done, by number."""
        for number, size, items, frames, failed, worker, wall, cpu, spent in self._read(
            "SELECT number, bytes, items, frames, failed, worker, wall_s, cpu_s, spent FROM units ORDER BY number"
        ):
            lost = tuple((key, reason, lines) for key, reason, lines in json.loads(failed))
            yield Row(number, size, items, frames, lost, worker, wall, cpu, json.loads(spent))

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def _read(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        try:
            return self._base.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._error(error) from None

    def _write(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        try:
            with self._base:
                self._base.executemany(statement, rows)
        except sqlite3.Error as error:
            raise self._error(error) from None

    def _error(self, error: sqlite3.Error) -> OutputError:
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            return OutputError(f"{self._path}: no journal of a run ({error}); choose another folder")
        return OutputError(f"{self._path}: can't be written ({error}); free some space, or choose another folder")


def shard_of(folder: Path, number: int) -> Path:
    """Where the results of a unit are kept until they are merged; a thousand in a folder."""
    return folder / "shards" / f"{number // 1000:04}" / f"{number:07}.jsonl"


def write_synced(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and to the disk; its folder is made if need be. Raises OutputError."""
    half = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError as error:
        raise disk_error(path, error) from None
