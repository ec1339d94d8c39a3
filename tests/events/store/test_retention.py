from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgedet.config.retention import RetentionConfig
from edgedet.events.places import Kept, Segment
from edgedet.events.store import Store, StoreError, delete, keep, query, segments
from edgedet.events.store.retention import BLOCK, free_wanted
from tests.events.store.made import BEGAN, assert_consistent, event, keep_whole

HOUR = 3600
NOW = BEGAN + timedelta(days=40)


@dataclass(frozen=True)
class Past:
    """Something that was recorded.

    Attributes:
        hours: how long before now it began.
        label: empty of continuous recording.
        state: of an event: open, its clip being written, done, or marked to be kept.
    """

    hours: int
    label: str
    camera: str
    size: int
    state: str


pasts = st.lists(
    st.builds(
        Past,
        hours=st.integers(1, 39 * 24),
        label=st.sampled_from(["person", "cat", "dog", ""]),
        camera=st.sampled_from(["front", "yard"]),
        size=st.integers(1, 50_000_000),
        state=st.sampled_from(["done", "done", "done", "kept", "open", "written"]),
    ),
    max_size=12,
    unique_by=lambda past: past.hours,
)
limits = st.builds(
    RetentionConfig,
    days=st.sampled_from([1.0, 7.0, 60.0]),
    labels=st.sampled_from([{}, {"person": 30.0}, {"person": 3.0, "cat": 60.0}]),
    cameras=st.sampled_from([{}, {"yard": 2.0}]),
    continuous_days=st.sampled_from([0.5, 2.0, 60.0]),
    max_gb=st.sampled_from([0.0, 0.05, 0.2]),
    min_free_mb=st.just(0.0),
)


def on_disk(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def record(store: Store, past: list[Past]) -> dict[str, Past]:
    """Keep them; each under its id or path."""
    kept = {}
    for each in past:
        number = 40 * 24 * HOUR - each.hours * HOUR
        if not each.label:
            path = store.places.segment(each.camera, event(number).started)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            store.segment(Segment(each.camera, path, each.size, event(number).started, 60.0))
            kept[path.relative_to(store.places.root).as_posix()] = each
            continue
        phase = "start" if each.state == "open" else "end"
        new = event(number, phase, each.label, each.camera)  # type: ignore[arg-type]
        store.put(new)
        store.kept(Kept(new.id, "clip", store.places.file(new.id, "clip"), each.size, 0.0, 1.0))
        if each.state == "written":
            (store.places.folder(new.id) / ".clip.001.part.mp4").touch()
        kept[new.id] = each
    keep(store.places.root, [key for key, each in kept.items() if each.state == "kept" and each.label])
    return kept


def expected(past: dict[str, Past], retention: RetentionConfig, overhead: int) -> tuple[list[str], list[str]]:
    """What should go, for age and for room, by a model that takes its time."""

    def too_old(each: Past) -> bool:
        days = retention.labels.get(each.label, retention.days)
        days = retention.cameras.get(each.camera, days) if each.label else retention.continuous_days
        return each.hours > days * 24

    def size(each: Past) -> int:
        return on_disk(each.size) + (2 * BLOCK if each.label else 0)  # its folder and its sidecar

    left = dict(sorted(past.items(), key=lambda item: -item[1].hours))
    may_go = {k: v for k, v in left.items() if not v.label or v.state in ("done", "kept")}
    old = [k for k, v in may_go.items() if too_old(v) and not (v.label and v.state == "kept")]
    for key in old:
        del left[key], may_go[key]
    for_room = []
    by_rank = sorted(may_go, key=lambda k: (bool(may_go[k].label), bool(may_go[k].label) and may_go[k].state == "kept"))
    for key in by_rank:
        if not retention.max_gb or sum(map(size, left.values())) + overhead <= retention.max_gb * 1e9:
            break
        del left[key]
        for_room.append(key)
    return old, for_room


@settings(max_examples=25, deadline=None)
@given(pasts, limits, st.sampled_from([1, 3, 200]))
def test_what_goes_is_what_a_simple_model_says(past: list[Past], retention: RetentionConfig, most: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder), retention) as store:
        kept = record(store, past)
        files = [store.places.database, store.places.database.with_name("edgedet.db-wal")]
        old, for_room = expected(kept, retention, sum(file.stat().st_size for file in files))
        gone: list[str] = []
        protected: list[str] = []
        more = True
        while more:
            swept = store.sweep(NOW, most)
            assert len(swept.events) + len(swept.segments) <= most
            gone += [*swept.segments, *swept.events]
            protected += swept.protected
            more = swept.more
        wanted = set(old + for_room)
        if most == 200:
            assert set(gone) == wanted
        else:  # the database's own size changes between the calls
            assert set(old) <= set(gone)
        assert set(protected) == {key for key in gone if kept[key].label and kept[key].state == "kept"}
        left = {each.event.id for each in query(store.places.root)}
        left |= {each.path.relative_to(store.places.root).as_posix() for each in segments(store.places.root)}
        assert left == set(kept) - set(gone)
        assert all(kept[key].state != "open" and kept[key].state != "written" for key in gone if kept[key].label)
        assert all(not store.places.folder(key).exists() for key in gone if kept[key].label)


def test_what_was_marked_goes_last_and_with_a_warning(tmp_path: Path, caplog) -> None:  # type: ignore[no-untyped-def]
    with Store(tmp_path, RetentionConfig(max_gb=1e-9, min_free_mb=0)) as store:
        for number in range(4):
            keep_whole(store, number)
        keep(tmp_path, [event(0).id])
        assert store.sweep(most=3).events == (event(1).id, event(2).id, event(3).id)
        assert caplog.text == ""
        assert store.sweep().protected == (event(0).id,)
        assert f"deleted although marked to be kept: {event(0).id}\n" in caplog.text
        assert not store.sweep().events
    assert_consistent(tmp_path)


def test_nothing_goes_without_need(tmp_path: Path) -> None:
    with Store(tmp_path, RetentionConfig(min_free_mb=0)) as store:
        keep_whole(store, 1)
        assert not store.sweep(BEGAN + timedelta(days=29)).events
        assert store.sweep(BEGAN + timedelta(days=31)).events == (event(1).id,)


def test_a_clock_that_goes_back_deletes_nothing(tmp_path: Path) -> None:
    with Store(tmp_path, RetentionConfig(min_free_mb=0)) as store:
        keep_whole(store, 1)
        assert not store.sweep(BEGAN - timedelta(days=20000)).events


def test_files_that_are_not_ours_survive_in_the_folder(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        done = keep_whole(store, 1)
        notes = store.places.folder(done.id) / "notes.txt"
        notes.write_text("mine")
        delete(tmp_path, [done.id, "nobody"])
        assert [path.name for path in notes.parent.iterdir()] == ["notes.txt"]
    assert query(tmp_path) == []


def test_what_is_being_recorded_is_not_deleted_by_hand(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(event(1))
        done = keep_whole(store, 2)
        (store.places.folder(done.id) / ".clip.001.part.mp4").touch()
        for each in (event(1), done):
            with pytest.raises(StoreError, match="still being recorded"):
                delete(tmp_path, [each.id])
    assert len(query(tmp_path)) == 2


def test_a_small_disk_keeps_a_tenth_free() -> None:
    assert free_wanted(500e6, 32_000_000_000) == 500e6
    assert free_wanted(500e6, 64_000_000) == 6.4e6
