"""The catalogue: lines of JSON from all cameras, made into Parquet by day and camera.

Who writes it: a camera sends lines, for a writer of Parquet would weigh more than all of the archive together (on disk,
for arm64: pyarrow 156 MB, DuckDB 63 MB), and would make a tiny file for each few events. A workstation compacts
them, with DuckDB, which is also what then answers: one file for each day and camera, however many lines came.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from edgedet.archive.body import Content
from edgedet.archive.record import COLUMNS
from edgedet.archive.s3 import Bucket, Object
from edgedet.archive.seal import SUFFIX

LINES = "lines/"
_STAMP = "edgedet_lines"


@dataclass(frozen=True, slots=True)
class Written:
    """A part of the catalogue.

    Attributes:
        path: its file.
        events: rows in it.
        fresh: whether it was written now; else it was up to date.
    """

    path: Path
    events: int
    fresh: bool


def compact(bucket: Bucket, target: Path, identities: Sequence[Any] = (), since: str = "") -> Iterator[Written]:
    """Make Parquet of the lines in a bucket, each file anew whose lines have changed.

    Args:
        bucket: where the lines are.
        target: the catalogue's folder.
        identities: private keys for lines that are encrypted.
        since: first day, as ``2026-11-21``; empty: from the beginning.

    Raises:
        ArchiveError: the bucket fails, or lines can't be decrypted.
        OSError: the folder can't be written.
    """
    groups: dict[str, list[Object]] = {}
    for each in bucket.list(LINES, after=f"{LINES}day={since}" if since else ""):
        groups.setdefault(str(Path(each.key).parent.relative_to(LINES.rstrip("/"))), []).append(each)
    for group, objects in groups.items():
        path = target / group / "part-0.parquet"
        stamp = hashlib.sha256("".join(f"{each.key} {each.etag}\n" for each in objects).encode()).hexdigest()
        fresh = _stamp(path) != stamp
        if fresh:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".lines-", suffix=".jsonl") as file:
                for each in objects:
                    file.write(_lines(bucket, each.key, identities))
                file.flush()
                _write(Path(file.name), path, stamp)
        ((count,),) = duckdb.execute(f"SELECT count(*) FROM {_quoted(path)}").fetchall()
        yield Written(path, int(count), fresh)


def publish(bucket: Bucket, target: Path, path: Path) -> None:
    """Put a part of the catalogue into the bucket, for those who query it there."""
    key = f"catalogue/{path.relative_to(target).as_posix()}"
    content = Content.of(path.read_bytes())
    bucket.put(key, content, "application/vnd.apache.parquet")
    bucket.check(key, content.size, content.sha256, content.checksum)


def _lines(bucket: Bucket, key: str, identities: Sequence[Any]) -> bytes:
    data = bucket.read(key)
    if not key.endswith(SUFFIX):
        return data
    from edgedet.archive.seal import unsealed

    return unsealed(data, identities, key)


def _write(lines: Path, path: Path, stamp: str) -> None:
    """One row for each event: where a camera's memory was lost, an event may have been told of twice."""
    half = path.with_name(f".{path.name}.tmp")
    columns = ", ".join(f"{name}: '{sort}'" for name, sort in COLUMNS.items())
    read = f"read_json({_quoted(lines)}, format = 'newline_delimited', columns = {{{columns}}})"
    newest = "row_number() OVER (PARTITION BY event ORDER BY state = 'archived' DESC, done DESC)"
    chosen = f"SELECT * FROM {read} QUALIFY {newest} = 1 ORDER BY started, event"
    options = f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{_STAMP}: '{stamp}'}}"
    try:
        with duckdb.connect() as db:
            db.execute(f"COPY ({chosen}) TO {_quoted(half)} ({options})")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _stamp(path: Path) -> str:
    """Of which lines a file was made; empty if there is none that can be read."""
    if not path.is_file():
        return ""
    try:
        rows = duckdb.execute(
            f"SELECT decode(value) FROM parquet_kv_metadata({_quoted(path)}) WHERE decode(key) = '{_STAMP}'"
        ).fetchall()
    except duckdb.Error:
        return ""
    return str(rows[0][0]) if rows else ""


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
