from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edgedet.config.retention import RetentionConfig
from edgedet.events.change import Change
from edgedet.events.places import Level, Segment
from edgedet.events.store import Query, Store, StoreError, keep, query, read_sidecar, segments
from tests.events.store.made import BEGAN, assert_consistent, event, keep_whole, write


def test_what_was_put_is_read_again_with_its_files(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(Change(event(1)))
        store.put(event(1, "update", best_score=0.95))
        store.put(Change(event(1, "end", best_score=0.97), record={"track": [[1.0, 0, 0, 1, 1, 0.9]]}))
        clip = write(store.places, event(1))
        store.kept(clip)
    (found,) = query(tmp_path)
    assert found.event == event(1, "end", best_score=0.97)
    assert found.files == (clip,)
    sidecar = read_sidecar(store.places.sidecar(event(1).id))
    assert (sidecar.event, sidecar.files) == (found.event, found.files)
    assert sidecar.record == {"track": [[1.0, 0, 0, 1, 1, 0.9]]}, "a clip's coming keeps the track"
    assert found.size == clip.size + found.sidecar.stat().st_size
    json.dumps(found.to_dict())


def test_start_and_end_are_in_the_sidecar_updates_in_the_row(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(event(1))
        store.put(event(1, "update", best_score=0.95))
        assert read_sidecar(store.places.sidecar(event(1).id)).event.phase == "start"
        assert query(tmp_path)[0].event.best_score == 0.95


def test_an_update_whose_start_could_not_be_kept_is_kept_whole(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(event(1, "update"))
    with Store(tmp_path):
        assert [each.event for each in query(tmp_path)] == [event(1, "end")]


def test_a_second_process_is_refused_with_the_pid_and_readers_are_not(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(event(1))
        code = (
            "import sys; from pathlib import Path; from edgedet.events.store import *; root = Path(sys.argv[1])\n"
            "print(len(query(root)))\nStore(root).open()"
        )
        other = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True)
    assert other.stdout == "1\n"
    assert f"StoreBusy: {tmp_path}: process {os.getpid()} records into this folder; " in other.stderr
    with Store(tmp_path):  # and may, once the first has ended
        pass


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda root: None, "no such file or folder"),
        (lambda root: root.parent.write_text(""), "a file, not a folder"),
    ],
)
def test_a_folder_that_cannot_be_is_a_clear_error_and_the_next_try_works(tmp_path: Path, prepare, message) -> None:  # type: ignore[no-untyped-def]
    root = tmp_path / "disk" / "store"
    prepare(root)
    store = Store(root)
    with pytest.raises(StoreError, match=message) as caught:
        store.put(event(1))
    assert str(caught.value).startswith(str(tmp_path))
    assert "; " in str(caught.value)
    root.parent.unlink(missing_ok=True)
    root.parent.mkdir()
    store.put(event(1))
    store.close()
    assert len(query(root)) == 1


def test_reading_where_nothing_is_kept_makes_nothing(tmp_path: Path) -> None:
    for read in (query, segments, lambda root: keep(root, ["x"])):
        with pytest.raises(StoreError, match="no events are kept here"):
            read(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_person_marks_events_while_it_records(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        done = keep_whole(store, 1)
        keep(tmp_path, [done.id])
        assert [each.event.id for each in query(tmp_path, Query(kept=True))] == [done.id]
        store.put(done)  # told again: the mark stays
        assert query(tmp_path)[0].kept
        assert read_sidecar(query(tmp_path)[0].sidecar).kept
        keep(tmp_path, [done.id, "nobody"], kept=False)
        assert not query(tmp_path)[0].kept


def test_threads_may_share_it(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        threads = [
            threading.Thread(target=lambda base=base: [keep_whole(store, base + n) for n in range(5)])
            for base in (0, 100)
        ]  # type: ignore[misc]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(query(tmp_path)) == 10
    assert_consistent(tmp_path)


def test_continuous_recording_is_listed_by_time(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for hour in (8, 9):
            started = datetime(2024, 11, 20, hour, tzinfo=UTC)
            path = store.places.segment("front", started)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x" * 10)
            store.segment(Segment("front", path, 10, started, 60.0))
    assert [each.started.hour for each in segments(tmp_path)] == [8, 9]
    assert [each.started.hour for each in segments(tmp_path, since=datetime(2024, 11, 20, 8, 59, tzinfo=UTC))] == [9]
    assert [each.started.hour for each in segments(tmp_path, until=datetime(2024, 11, 20, 9, tzinfo=UTC))] == [8]


def test_the_level_rises_with_what_was_written_today_and_survives_a_restart(tmp_path: Path) -> None:
    now = [BEGAN]
    budget = RetentionConfig(write_gb_per_day=0.001)
    store = Store(tmp_path, budget, clock=lambda: now[0])
    levels = {store.level()}
    for number in range(20):
        keep_whole(store, number, size=20_000)
        levels.add(store.level())
    assert levels == set(Level)
    store.close()
    with Store(tmp_path, budget, clock=lambda: now[0]) as again:
        assert again.level() is Level.PICTURES
        keep_whole(again, 100)  # events are kept all the same
        now[0] = datetime(2024, 11, 21, 0, 1, tzinfo=UTC)
        assert again.level() is Level.ALL
    assert len(query(tmp_path)) == 21


def test_an_event_costs_a_handful_of_flushes(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from edgedet.events.store import *\n"
        "from tests.events.store.made import *\n"
        "store = Store(Path(sys.argv[1])); keep_whole(store, 0)\n"
        "def mark(): (Path(sys.argv[1]) / 'mark').write_text('')\n"
        "mark(); keep_whole(store, 1); mark(); store.put(event(2)); mark(); store.put(event(2, 'update')); mark()"
    )
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-o", str(trace), "-e", "trace=fsync,fdatasync,openat"]
    try:
        subprocess.run([*command, sys.executable, "-c", code, tmp_path], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs strace")
    parts = trace.read_text().split('/mark"')[1:]
    flushes = [sum("sync(" in line for line in part.splitlines()) for part in parts]
    assert flushes[:3] == [9, 4, 0], "start 4, end 3, clip's sidecar 2; a start alone; an update"


def test_odd_values_survive(tmp_path: Path) -> None:
    odd = event(1, "end", label="Bär 🐻", zones=("a b", "ü"), lines=("door:left",), stationary=True, best_score=1 / 3)
    with Store(tmp_path) as store:
        store.put(odd)
    assert query(tmp_path, Query(zones=("ü",)))[0].event == odd
    assert query(tmp_path, Query(zones=("a",))) == []
    assert read_sidecar(store.places.sidecar(odd.id)).event == replace(odd)
