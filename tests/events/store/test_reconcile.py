from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest

from edgedet.events.places import Places, Segment
from edgedet.events.recorder.continuous import repair_segment
from edgedet.events.store import Query, Repairs, Report, Store, StoreError, keep, query, read_sidecar, segments
from tests.events.store.made import BEGAN, REPAIRS, assert_consistent, event, keep_whole, write


def reopened(root: Path, repairs: Repairs = REPAIRS) -> Report:
    with contextlib.closing(Store(root, repairs=repairs)) as store:
        return store.open()


def forget_row(root: Path, event_id: str) -> None:
    with contextlib.closing(sqlite3.connect(root / "edgedet.db")) as db:
        db.execute("DELETE FROM events WHERE id = ?", (event_id,))
        db.execute("DELETE FROM files WHERE event_id = ?", (event_id,))
        db.execute("DELETE FROM tracks WHERE event_id = ?", (event_id,))
        db.commit()


def test_nothing_to_do_after_a_clean_end(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        keep_whole(store, 1)
    assert not reopened(tmp_path)


def test_a_folder_without_a_row_is_adopted_with_its_mark_and_track(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        keep_whole(store, 1)
    keep(tmp_path, [event(1).id])
    before = query(tmp_path)
    forget_row(tmp_path, event(1).id)
    assert reopened(tmp_path).adopted == 1
    assert query(tmp_path) == before
    assert before[0].kept
    assert read_sidecar(before[0].sidecar).record["track"]
    assert_consistent(tmp_path)


def test_an_open_event_ends_when_its_object_was_last_seen(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(event(1))
        store.put(event(1, "update", end=8.5))
    assert str(reopened(tmp_path)) == "1 ended"
    (found,) = query(tmp_path)
    assert found.event.phase == "end"
    assert found.event.ended == found.event.started + timedelta(seconds=7.5)
    assert read_sidecar(found.sidecar).event == found.event


def test_a_half_clip_is_repaired_and_other_temporary_files_go(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(event(1))
        folder = store.places.folder(event(1).id)
    (folder / ".clip.001.part.mp4").write_bytes(b"x" * 50)
    (folder / ".clip.002.part.mp4").write_bytes(b"")
    (folder / ".snapshot.jpg.tmp").write_bytes(b"x")
    (folder / ".event.json.tmp").write_bytes(b"x")
    report = reopened(tmp_path)
    assert (report.repaired, report.ended) == (1, 1)
    (found,) = query(tmp_path)
    clip = found.file("clip")
    assert clip is not None
    assert (clip.size, clip.begin, clip.seconds) == (50, -1.5, 7.5)
    assert read_sidecar(found.sidecar).files == (clip,)
    assert sorted(path.name for path in folder.iterdir()) == ["clip.mp4", "event.json"]
    assert_consistent(tmp_path)


def test_a_repair_that_fails_now_leaves_the_half_clip_for_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def full(path: Path) -> None:
        raise OSError(28, "No space left on device", str(path))

    with Store(tmp_path) as store:
        store.put(event(1))
        part = store.places.folder(event(1).id) / ".clip.001.part.mp4"
    part.write_bytes(b"x" * 50)
    assert reopened(tmp_path, Repairs(full)).ended == 1
    assert part.exists()
    assert "can't be repaired now" in caplog.text
    assert reopened(tmp_path).repaired == 1


def test_files_that_came_or_went_are_corrected(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        done = keep_whole(store, 1)
        store.kept(write(store.places, done, "snapshot", 10))
        write(store.places, done, "clean", 20)  # finished, but nobody said so any more
        store.places.file(done.id, "snapshot").unlink()
    assert str(reopened(tmp_path)) == "1 corrected"
    (found,) = query(tmp_path)
    assert [(file.kind, file.size) for file in found.files] == [("clean", 20), ("clip", 1000)]
    assert_consistent(tmp_path)


def test_a_clip_nobody_told_of_is_asked_what_it_is(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(event(1, "end"))
        write(store.places, event(1))
    reopened(tmp_path)
    clip = query(tmp_path)[0].file("clip")
    assert clip is not None
    assert (clip.begin, clip.seconds) == (-1.5, 7.5)


def test_a_row_whose_folder_is_gone_is_forgotten(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        keep_whole(store, 1)
        keep_whole(store, 2)
        shutil.rmtree(store.places.folder(event(1).id))
    assert str(reopened(tmp_path)) == "1 forgotten"
    assert_consistent(tmp_path)
    assert len(query(tmp_path)) == 1


def test_a_lost_sidecar_is_written_again(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        done = keep_whole(store, 1)
    store.places.sidecar(done.id).unlink()
    assert str(reopened(tmp_path)) == "1 corrected"
    assert read_sidecar(store.places.sidecar(done.id)).event == done


def test_left_overs_of_what_was_never_kept_go_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    places = Places(tmp_path)
    ours = places.folder(event(1).id)
    mixed = places.folder(event(2).id)
    theirs = places.root / "events" / "2024-11-20" / "holiday"
    for folder in (ours, mixed, theirs):
        folder.mkdir(parents=True)
        (folder / "clip.mp4").write_bytes(b"x")
    (mixed / "notes.txt").write_text("mine")
    (theirs / ".clip.tmp").write_text("mine")
    linked = places.folder(event(3).id)
    linked.symlink_to(theirs)
    assert reopened(tmp_path).removed == 2
    assert not ours.exists()
    assert linked.is_symlink()
    assert [path.name for path in mixed.iterdir()] == ["notes.txt"]
    assert len(list(theirs.iterdir())) == 2


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"event": {}}', b"\xff\xfe", b"[" * 5000])
def test_a_sidecar_that_makes_no_sense_is_left_alone(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with Store(tmp_path) as store:
        keep_whole(store, 1)
        keep_whole(store, 2)
    forget_row(tmp_path, event(1).id)
    store.places.sidecar(event(1).id).write_bytes(content)
    reopened(tmp_path)
    assert len(query(tmp_path)) == 1
    assert store.places.file(event(1).id, "clip").exists()
    assert "left alone" in caplog.text


def part(store: Store, number: int) -> Path:
    """A half clip, as a recorder that was quicker than the store has it."""
    folder = store.places.folder(event(number).id)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ".clip.001.part.mp4"
    path.write_bytes(b"x" * 50)
    return path


def test_what_this_very_process_records_is_not_touched_when_the_store_comes_back(tmp_path: Path) -> None:
    with Store(tmp_path, repairs=REPAIRS) as store:
        store.put(event(1))
        parts = part(store, 1), part(store, 2)
        store.close()
        store.put(event(1, "update"))  # opens it again
        assert all(each.exists() for each in parts)
        assert query(tmp_path)[0].event.phase == "update"


def test_a_disk_that_comes_late_is_put_in_order_but_for_what_is_new_on_it(tmp_path: Path) -> None:
    root = tmp_path / "disk" / "store"
    root.mkdir(parents=True)
    with Store(root) as before:
        before.put(event(1))
    old = part(before, 1)
    for path in (old.parent, *old.parent.iterdir()):
        os.utime(path, (1e9, 1e9))
    away = root.parent.rename(tmp_path / "away")
    store = Store(root, repairs=REPAIRS)
    with pytest.raises(StoreError):
        store.put(event(2))
    away.rename(root.parent)
    new = part(store, 3), part(store, 2)
    store.put(event(2))
    assert all(each.exists() for each in new)
    assert query(root)[0].file("clip")
    assert [each.event.phase for each in query(root)] == ["end", "start"]
    store.close()


def film(path: Path, seconds: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(seconds * 10):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number, np.uint8))
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


def test_continuous_recording_is_adopted_forgotten_and_cleaned(tmp_path: Path) -> None:
    started = datetime(2024, 11, 20, 8, 30, tzinfo=UTC)
    with Store(tmp_path) as store:
        gone = store.places.segment("front", BEGAN)
        store.segment(Segment("front", gone, 10, BEGAN, 60.0))
    found = store.places.segment("front", started)
    film(found, 3)
    half = found.with_name(".083300.mp4.part")
    half.write_bytes(b"x")
    good = found.with_name(".083400.mp4.part")
    film(good, 1)
    ours = found.with_name(".083500.mp4.part")
    (found.parent / "notes.txt").write_text("mine")
    with ours.open("wb"):
        assert reopened(tmp_path, Repairs(segment=repair_segment)).segments == 5
        assert ours.exists(), "this very process writes it"
    segment, repaired = segments(tmp_path)
    assert repaired.path == found.with_name("083400.mp4")
    assert repaired.seconds == pytest.approx(1.0, abs=0.2)
    assert (segment.camera, segment.path, segment.started) == ("front", found, started)
    assert segment.size == found.stat().st_size
    assert segment.seconds == pytest.approx(3.0, abs=0.2)
    assert not half.exists()
    assert (found.parent / "notes.txt").exists()


@pytest.mark.parametrize(
    "name",
    [
        "front/2026-13-45/104455.mp4",
        "front/2026-11-21/256199.mp4",
        "front/a-b-c/104455.mp4",
        "fr\udcffnt/2026-11-21/104455.mp4",
        "front/2026-11-21/.256199.mp4.part",
    ],
)
def test_what_is_named_nearly_like_a_recording_is_left_alone(tmp_path: Path, name: str) -> None:
    Store(tmp_path).close()
    path = tmp_path / "continuous" / name
    film(tmp_path / "film.mp4", 1)
    path.parent.mkdir(parents=True)
    path.write_bytes((tmp_path / "film.mp4").read_bytes())
    assert not reopened(tmp_path, Repairs(segment=repair_segment))
    assert path.exists()
    assert segments(tmp_path) == []


def test_everything_can_be_rebuilt_from_the_folders_alone(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for number in range(20):
            keep_whole(store, number)
    keep(tmp_path, [event(3).id])
    before = query(tmp_path)
    (tmp_path / "edgedet.db").unlink()
    assert reopened(tmp_path).adopted == 20
    assert query(tmp_path) == before
    assert [each.event.id for each in query(tmp_path, Query(kept=True))] == [event(3).id]
