from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from edgedet.cli.events import events
from edgedet.errors import ConfigError, EdgedetError, OutputError
from edgedet.events.store import Store, StoreError, keep, query
from tests.events.store.made import BEGAN, event, keep_whole


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    with Store(folder) as store:
        keep_whole(store, 0, label="cat")
        keep_whole(store, 60, camera="yard")
        store.put(event(120, zones=("porch", "door")))
        yesterday = datetime.now(UTC) - timedelta(days=1)
        store.put(event(180, "end", started=yesterday, ended=yesterday + timedelta(seconds=5)))
        yield folder


def run(root: Path, *args: str, stdin: str = "") -> Result:
    """The command, while the store is open for recording."""
    done = CliRunner().invoke(events, [*args, "--storage", str(root)], input=stdin)
    if isinstance(done.exception, EdgedetError):
        raise done.exception
    return done


def listed(root: Path, *args: str) -> list[dict[str, Any]]:
    return json.loads(run(root, "list", "--json", *args).stdout)  # type: ignore[no-any-return]


def test_the_table_fits_and_shows_local_time(root: Path) -> None:
    lines = run(root, "list").stdout.splitlines()
    assert lines[0].split() == ["ID", "STARTED", "LASTED", "LABEL", "SCORE", "CLIP", "KEPT", "ZONES"]
    assert len(lines) == 5
    assert max(map(len, lines)) <= 100
    assert f"{BEGAN.astimezone():%Y-%m-%d %H:%M:%S %Z}" in lines[1]
    assert "goes on" in lines[3]


def test_a_long_list_of_zones_is_cut(root: Path) -> None:
    with pytest.raises(StoreError, match="records into this folder"):
        Store(root).open()
    other = root.parent / "other"
    with Store(other) as store:
        store.put(event(1, "end", zones=tuple(f"zone-{n}" for n in range(30))))
    line = run(other, "list").stdout.splitlines()[1]
    assert len(line) == 100
    assert line.endswith("…")


def test_json_and_csv_hold_everything(root: Path) -> None:
    rows = listed(root)
    assert [row["track_id"] for row in rows] == [0, 60, 120, 180]
    assert Path(rows[0]["files"]["clip"]["path"]).is_file()
    table = list(csv.DictReader(io.StringIO(run(root, "list", "--csv").stdout)))
    assert [row["id"] for row in table] == [row["id"] for row in rows]
    assert table[2]["zones"] == "porch door"
    assert datetime.fromisoformat(table[0]["started"]) == event(0).started


def test_filters(root: Path) -> None:
    def tracks(*args: str) -> list[int]:
        return [row["track_id"] for row in listed(root, *args)]

    assert tracks("--label", "cat", "--label", "dog") == [0]
    assert tracks("--camera", "yard") == [60]
    assert tracks("--zone", "door") == [120]
    keep(root, [event(0).id])
    assert tracks("--kept") == [0]
    assert 180 in tracks("--on", "yesterday")
    assert tracks("--since", "2 days ago") == [120, 180], "one is open, so it goes on"
    assert tracks("--until", "2024-11-20T22:00:30Z") == [0]
    assert run(root, "list", "--on", "2001-01-01").stdout == f"no such events in {root}\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--since", "sometime"], "--since 'sometime': not a time"),
        (["--on", "now"], "a moment; give a day"),
        (["--on", "today", "--since", "today"], "--on says when already"),
        (["--since", "today", "--until", "yesterday"], "isn't before"),
        (["--json", "--csv"], "give one"),
    ],
)
def test_what_makes_no_sense_is_refused(root: Path, args: list[str], message: str) -> None:
    done = run(root, "list", *args)
    assert done.exit_code == 2
    assert message in done.stderr


def test_show_prints_one_with_its_files(root: Path) -> None:
    text = run(root, "show", event(60, camera="yard").id[:15]).stdout
    assert "person, best score 0.90" in text
    assert str(root / "events") in text
    assert "12.0 s, begins 3.0 s before" in text
    assert json.loads(run(root, "show", "latest", "--json").stdout)[0]["track_id"] == 180
    with pytest.raises(StoreError, match="no such event"):
        run(root, "show", "2031")


def test_export_copies_into_a_folder_or_a_zip(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert "4 files of 2 events" in run(root, "export", "--until", "2024-11-20T22:01:30Z", "--to", str(out)).stdout
    assert (out / event(0).id / "clip.mp4").read_bytes() == b"x" * 1000
    archive = tmp_path / "out.zip"
    run(root, "export", event(0).id, "--to", str(archive))
    with zipfile.ZipFile(archive) as made:
        assert sorted(made.namelist()) == [f"{event(0).id}/clip.mp4", f"{event(0).id}/event.json"]
    with pytest.raises(OutputError, match="is there already"):
        run(root, "export", event(0).id, "--to", str(archive))
    with pytest.raises(OutputError, match="can't be written"):
        run(root, "export", event(0).id, "--to", str(archive / "inside"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.zip", "store"]


def test_keep_and_unkeep(root: Path) -> None:
    run(root, "keep", "--label", "cat")
    assert [each.kept for each in query(root)] == [True, False, False, False]
    run(root, "unkeep", event(0).id)
    assert not any(each.kept for each in query(root))
    assert run(root, "keep").exit_code == 2, "nobody said which"
    assert run(root, "keep", event(0).id, "--label", "cat").exit_code == 2


def test_delete_asks_first(root: Path) -> None:
    assert run(root, "delete", event(0).id, stdin="n\n").stdout == "nothing is deleted\n"
    done = run(root, "delete", event(0).id)
    assert (done.exit_code, "nobody is there to answer: give --yes" in done.stderr) == (2, True)
    assert len(query(root)) == 4
    run(root, "delete", event(0).id, stdin="y\n")
    run(root, "delete", "--camera", "yard", "--yes")
    assert [each.event.track_id for each in query(root)] == [120, 180]
    with pytest.raises(StoreError, match="still being recorded"):
        run(root, "delete", event(120).id, "--yes")


def test_stats(root: Path) -> None:
    found = json.loads(run(root, "stats", "--check", "--json").stdout)
    assert (found["events"], found["labels"]) == (4, {"person": 3, "cat": 1})
    assert sum(found["hours"]) == sum(found["days"].values()) == 4
    text = run(root, "stats").stdout
    assert text.startswith("4 events, 0 marked to be kept")
    assert " years (it may be written" in text


def test_without_a_folder_it_says_how_to_name_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["edgedet"])
    done = CliRunner().invoke(events, ["list"])
    assert isinstance(done.exception, ConfigError)
    assert "give --storage FOLDER" in str(done.exception)
    with pytest.raises(StoreError, match="no events are kept here"):
        run(tmp_path, "list")


def test_an_empty_store_says_so(tmp_path: Path) -> None:
    with Store(tmp_path / "new"):
        pass
    assert run(tmp_path / "new", "list").stdout == f"no events in {tmp_path / 'new'} yet\n"
