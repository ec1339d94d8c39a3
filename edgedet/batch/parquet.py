"""Results as Parquet, written by DuckDB (https://duckdb.org/docs/stable/data/parquet/overview)."""

from __future__ import annotations

from pathlib import Path

from edgedet.batch.catalogue import duckdb
from edgedet.errors import OutputError

_FOUND = "STRUCT(label VARCHAR, class_id INTEGER, score DOUBLE, box DOUBLE[])[]"
_CLIP = {"source": "VARCHAR"}
_CATALOGUE = {"event_id": "VARCHAR", "camera": "VARCHAR", "day": "VARCHAR"}
_COLUMNS = {
    "detect": {
        **_CLIP, "index": "BIGINT", "time": "DOUBLE", "width": "INTEGER", "height": "INTEGER", "detections": _FOUND,
        **_CATALOGUE,
    },
    "replay": {
        **_CLIP, **_CATALOGUE, "label": "VARCHAR", "rule": "VARCHAR", "begin": "DOUBLE", "end": "DOUBLE",
        "best_score": "DOUBLE", "best_box": "DOUBLE[]", "best_at": "DOUBLE", "track_id": "BIGINT",
        "zones": "VARCHAR[]", "lines": "VARCHAR[]", "stationary": "BOOLEAN",
    },
}  # fmt: skip


def to_parquet(lines: Path, kind: str) -> Path:
    """Write the results of a run as Parquet beside their lines, in the same order, whole or not at all.

    Args:
        lines: ``results.jsonl`` of a run.
        kind: of the run: ``detect`` or ``replay``.

    Returns:
        The file.

    Raises:
        OutputError: it can't be written.
        ExtraMissing: DuckDB isn't installed.
    """
    path, half = lines.with_suffix(".parquet"), lines.with_name(".results.parquet.part")
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in _COLUMNS[kind].items())
    with duckdb(str(path)).connect(config={"threads": 1}) as base:  # several would change the order of row groups
        try:
            read = f"SELECT * FROM read_json(?, format = 'newline_delimited', columns = {{{columns}}})"
            base.execute(f"COPY ({read}) TO '{_quoted(half)}' (FORMAT parquet, COMPRESSION zstd)", [str(lines)])
            half.replace(path)
        except Exception as error:  # DuckDB's errors have no root of their own
            half.unlink(missing_ok=True)
            raise OutputError(f"{path}: can't be written ({str(error).splitlines()[0]}); free some space") from None
    return path


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
