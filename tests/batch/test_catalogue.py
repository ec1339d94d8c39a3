"""The clips that a catalogue's rows name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edgedet.batch.catalogue import Choice
from edgedet.batch.inputs import items_of
from edgedet.errors import ConfigError, SourceError

duckdb = pytest.importorskip("duckdb", reason="needs DuckDB (edgedet[catalogue])")


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """As ``edgedet archive`` lays it out: two cameras, two days, one event without a clip, one told of twice."""
    rows = [
        ("e1", "front", "2026-10-01", "clips/e1.mp4"),
        ("e2", "front", "2026-10-02", "clips/e2.mp4"),
        ("e2", "front", "2026-10-02", "clips/e2.mp4"),
        ("e3", "back", "2026-10-02", "clips/e3.mp4"),
        ("e4", "back", "2026-10-02", None),
    ]
    for event, camera, day, key in rows:
        folder = tmp_path / f"catalogue/camera={camera}/day={day}"
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.iterdir()))
        write(folder / f"part-{number}.parquet", {"event": event, "camera": camera, "day": day, "clip_key": key})
    return tmp_path / "catalogue"


def write(path: Path, row: dict[str, Any]) -> None:
    values = ", ".join(f"{'NULL' if value is None else repr(value)} AS {name}" for name, value in row.items())
    duckdb.sql(f"COPY (SELECT {values}) TO '{path}' (FORMAT parquet)")


def keys(path: Path, choice: Choice) -> list[str]:
    return [Path(item.key).stem for item in items_of([str(path)], choice)]


def test_each_clip_once_by_day_and_camera(catalogue: Path) -> None:
    assert keys(catalogue, Choice()) == ["e1", "e3", "e2"]


def test_days_and_cameras_are_chosen(catalogue: Path) -> None:
    assert keys(catalogue, Choice(cameras=("front",))) == ["e1", "e2"]
    assert keys(catalogue, Choice(since="2026-10-02")) == ["e3", "e2"]
    assert keys(catalogue, Choice(until="2026-10-01")) == ["e1"]


def test_the_keys_are_beside_the_catalogue_unless_said(catalogue: Path) -> None:
    first = items_of([str(catalogue)], Choice())[0]
    assert first.place == str(catalogue.parent / "clips/e1.mp4")
    assert first.facts == {"event_id": "e1", "camera": "front", "day": "2026-10-01"}
    assert items_of([str(catalogue)], Choice(clips="s3://bucket/x/"))[0].place == "s3://bucket/x/clips/e1.mp4"


def test_no_row_and_no_column_are_refused(catalogue: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no row of the catalogue"):
        keys(catalogue, Choice(cameras=("side",)))
    write(tmp_path / "odd.parquet", {"event": "e1"})
    with pytest.raises(ConfigError, match="no column clip_key or key"):
        keys(tmp_path / "odd.parquet", Choice())
    (tmp_path / "torn.parquet").write_bytes(b"PAR1")
    with pytest.raises(SourceError, match="can't be read as Parquet"):
        keys(tmp_path / "torn.parquet", Choice())
