"""The clips of an archive's catalogue: Parquet files, partitioned or not, with a row for each event."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from edgedet.batch.bucket import local
from edgedet.batch.work import Item
from edgedet.errors import ConfigError, ExtraMissing, SourceError

KEYS = ("clip_key", "key")
"""The column that says where a clip is, the first that is there."""
_ABOUT = ("clip_size", "clip_sha256")

FACTS = {"event": "event_id", "camera": "camera", "day": "day"}
"""Columns that go into the results of each clip, and under which name."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a catalogue is taken.

    Attributes:
        cameras: only these; none: all.
        since, until: only from this day on, only up to this day: ``2026-11-21``; empty: no limit.
        clips: the folder or address that the keys are in; empty: the one that the catalogue's folder is in.
    """

    cameras: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    clips: str = ""

    def __bool__(self) -> bool:
        """Whether anything is chosen."""
        return bool(self.cameras or self.since or self.until or self.clips)


def clips_in(path: str, files: Sequence[Item], choice: Choice) -> list[Item]:
    """The clips that a catalogue's rows name, by day, camera and key; none twice.

    Args:
        path: of the catalogue, as it was given.
        files: its Parquet files.
        choice: which rows.

    Raises:
        ConfigError: it lacks a column that is needed.
        SourceError: it can't be read, or no row is chosen.
        ExtraMissing: DuckDB isn't installed.
    """
    found: dict[str, tuple[Any, ...]] = {}
    for file in files:
        partition = _partition(file.place)
        for row in _rows(file.place):
            values = {**row, **partition}
            if _is_chosen(values, choice, path):
                key = _key(values, path)
                if key:
                    found[key] = (str(values.get("day", "")), str(values.get("camera", "")), values)
    if not found:
        raise SourceError(f"{path}: no row of the catalogue has a clip and is chosen; check --camera, --since, --until")
    base = (choice.clips or str(_parent(path))).rstrip("/")
    return [_item(base, key, found[key][2]) for key in sorted(found, key=lambda key: (*found[key][:2], key))]


def _rows(place: str) -> list[dict[str, Any]]:
    """The rows of a file: of the columns that nobody asks for only the names, for times need packages of their own."""
    with local(place) as file, duckdb(place).connect() as base:
        table = "read_parquet(?, hive_partitioning = false)"
        try:
            names = [row[0] for row in base.execute(f"DESCRIBE SELECT * FROM {table}", [str(file)]).fetchall()]
            used = [name for name in (*KEYS, *FACTS, *_ABOUT) if name in names] or names[:1]
            found = base.execute(f"SELECT {', '.join(used)} FROM {table}", [str(file)]).fetchall()
        except Exception as error:  # DuckDB's errors have no root of their own
            reason = str(error).splitlines()[0]
            raise SourceError(f"{place}: can't be read as Parquet ({reason}); is it whole?") from None
    return [{**dict.fromkeys(names), **dict(zip(used, row, strict=True))} for row in found]


def duckdb(place: str) -> Any:
    """DuckDB, which reads and writes Parquet. Raises ExtraMissing, which names ``place``, if it isn't installed."""
    try:
        return importlib.import_module("duckdb")
    except ModuleNotFoundError:
        raise ExtraMissing(
            f"{place}: Parquet needs DuckDB, which isn't installed; run: pip install 'edgedet[catalogue]'"
        ) from None


def _partition(place: str) -> dict[str, str]:
    """What the folders' names say (``day=2026-11-21/camera=front``), as Hive, DuckDB and Polars have it."""
    pairs = (part.partition("=") for part in PurePosixPath(place).parts[:-1])
    return {name: unquote(value) for name, equals, value in pairs if equals}


def _is_chosen(row: Mapping[str, Any], choice: Choice, path: str) -> bool:
    wanted = {"camera": choice.cameras, "day": choice.since or choice.until}
    for name, value in wanted.items():
        if value and name not in row:
            raise ConfigError(
                f"{path}: the catalogue has no column {name}, so it can't be chosen by; it has {_names(row)}"
            )
    if choice.cameras and str(row["camera"]) not in choice.cameras:
        return False
    day = str(row.get("day", ""))
    return not (choice.since and day < choice.since) and not (choice.until and day > choice.until)


def _key(row: Mapping[str, Any], path: str) -> str:
    column = next((name for name in KEYS if name in row), None)
    if column is None:
        raise ConfigError(f"{path}: no column {' or '.join(KEYS)} in the catalogue; it has {_names(row)}")
    return str(row[column] or "")


def _item(base: str, key: str, row: Mapping[str, Any]) -> Item:
    facts = {name: str(row[column]) for column, name in FACTS.items() if row.get(column) is not None}
    place = key if "://" in key or key.startswith("/") else f"{base}/{key}"
    return Item(place, place, int(row.get("clip_size") or 0), str(row.get("clip_sha256") or ""), facts)


def _parent(path: str) -> str:
    scheme, mark, rest = path.rstrip("/").rpartition("://")
    return f"{scheme}{mark}{PurePosixPath(rest).parent}"


def _names(row: Mapping[str, Any]) -> str:
    return ", ".join(sorted(row))
