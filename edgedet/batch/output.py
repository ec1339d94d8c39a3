"""The output folder of a run: what it is, what of it is done, and the results once all is."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from edgedet.batch.journal import Journal, Row, shard_of, write_synced
from edgedet.batch.work import Done, Item, Unit
from edgedet.disk import disk_error
from edgedet.errors import ConfigError, OutputError


def fingerprint(items: Iterable[Item]) -> str:
    """The SHA-256 of what is read: each item's key, size and stamp."""
    digest = hashlib.sha256()
    for item in items:
        digest.update(f"{item.key}\0{item.size}\0{item.stamp}\n".encode())
    return digest.hexdigest()


class Output:
    """A folder with a run in it, new or begun before. Use it as a context: one driver at a time.

    ::

        results.jsonl   the results in the inputs' order, once all units are done
        failed.jsonl    what failed, and why
        report.json     throughput and cost
        work/           the journal and a shard for each unit; not needed any more once all are done

    Args:
        folder: where; made if it isn't there.
        about: what the run is; what was begun with another one isn't gone on with.

    Raises:
        ConfigError: another run was begun in it.
        OutputError: it can't be written, or another driver is at it.
    """

    def __init__(self, folder: Path, about: Mapping[str, Any]) -> None:
        self.folder, self._work = folder, folder / "work"
        try:
            self._work.mkdir(parents=True, exist_ok=True)
            self._lock: IO[bytes] = (self._work / "lock").open("wb")
        except OSError as error:
            raise disk_error(self._work, error) from None
        with contextlib.ExitStack() as undo:
            undo.callback(self._lock.close)
            self._hold()
            self._journal = undo.enter_context(contextlib.closing(Journal(self._work / "journal.sqlite")))
            self._compare(json.loads(json.dumps(about)))
            undo.pop_all()

    def _hold(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise OutputError(f"{self.folder}: another batch is at work in it; wait, or choose another") from None

    def _compare(self, about: dict[str, Any]) -> None:
        before = self._journal.about()
        if not before:
            self._journal.begin(about)
            return
        was, now = _flat(before), _flat(about)
        for name in {**was, **now}:
            if was.get(name) != now.get(name):
                old, new = _short(was.get(name)), _short(now.get(name))
                raise ConfigError(
                    f"{self.folder}: was begun with {name} {old}, now it is {new}; "
                    "give what it was begun with, or choose another folder"
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._journal.close()
        self._lock.close()

    def missing(self, units: Sequence[Unit]) -> list[Unit]:
        """The units that are still to be done, in order."""
        sizes = {row.number: row.bytes for row in self._journal.rows()}
        return [unit for unit in units if not self._is_whole(unit.number, sizes.get(unit.number))]

    def _is_whole(self, number: int, size: int | None) -> bool:
        try:
            return size is not None and shard_of(self._work, number).stat().st_size == size
        except OSError:  # a power cut took what the journal has
            return False

    def tries(self) -> Counter[str]:
        """How many tries each item has used up, by key."""
        return self._journal.tries()

    def last_words(self, key: str) -> str:
        """Why an item used up its last try."""
        return self._journal.last_words(key)

    def died(self, unit: Unit, reason: str) -> None:
        """Note that a unit used up a try of each of its items."""
        self._journal.died(unit, reason)

    def finish(self, unit: Unit, done: Sequence[Done], worker: str, wall_s: float, cpu_s: float) -> None:
        """Keep the results of a unit: first they are on the disk, then it is noted as done."""
        content = "".join(f"{line}\n" for each in done for line in each.lines).encode()
        for each in done:
            for name, data in each.files.items():
                write_synced(self.folder / name, data)
        write_synced(shard_of(self._work, unit.number), content)
        pairs = list(zip(unit.items, done, strict=True))
        failed = tuple((item.key, each.failure, len(each.lines)) for item, each in pairs if each.failure)
        frames = sum(each.frames for each in done)
        spent: dict[str, list[float]] = {}
        for each in done:
            for name, seconds in each.spent.items():
                spent.setdefault(name, []).append(seconds)
        self._journal.finish(Row(unit.number, len(content), len(pairs), frames, failed, worker, wall_s, cpu_s, spent))

    def rows(self) -> Iterator[Row]:
        """The units that are done, by number."""
        return self._journal.rows()

    def lines(self) -> Iterator[str]:
        """All results, in the inputs' order, without line ends."""
        for row in self._journal.rows():
            try:
                with shard_of(self._work, row.number).open(encoding="utf-8") as file:
                    yield from (line.rstrip("\n") for line in file)
            except OSError as error:
                raise OutputError(f"{error.filename}: can't be read ({error.strerror}); start the run again") from None

    def failures(self) -> list[dict[str, Any]]:
        """What failed, in the inputs' order."""
        return [
            {"source": key, "reason": reason, "lines": lines}
            for row in self._journal.rows()
            for key, reason, lines in row.failed
        ]

    def median(self, name: str) -> float | None:
        """The median of the items' times of this name, in seconds; None without any."""
        values = [value for row in self._journal.rows() for value in row.spent.get(name, ())]
        return statistics.median(values) if values else None

    def write_lines(self, name: str, lines: Iterable[str]) -> Path:
        """Write a file of lines whole or not at all."""
        path, half = self.folder / name, self.folder / f".{name}.part"
        try:
            with half.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(f"{line}\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
        except OSError as error:
            raise disk_error(path, error) from None
        return path


def _flat(values: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """What is in mappings in mappings, by dotted names."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _flat(value, f"{within}{name}.") if isinstance(value, dict) and value else {within + name: value}
    return flat


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:12]}..."
