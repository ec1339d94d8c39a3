from __future__ import annotations

import errno
import logging
import time
from collections.abc import Generator
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from edgedet.events.places import Level
from edgedet.events.recorder import parts_of, repair
from edgedet.events.recorder.ring import Ring
from edgedet.events.recorder.take import Take
from tests.events.recorder.film import event, film, frame, kept_units, names_in, pictures, stored
from tests.events.recorder.recording import Recording

FILM = film(30)


def test_a_clip_reaches_from_the_pre_roll_to_the_post_roll(tmp_path: Path) -> None:
    with Recording(tmp_path, pre_roll=3, post_roll=2, snapshots=False) as recording:
        recording.play(FILM[:100])
        recording.recorder.event(event("start", 8.0, 9.0))
        recording.play(FILM[100:150])
        recording.recorder.event(event("end", 8.0, 12.35))
        recording.play(FILM[150:170])
        kept = recording.clip_of(event("end").event)
    assert kept.begin == pytest.approx(5.0)
    assert kept.begin + kept.seconds == pytest.approx(14.4, abs=0.11)
    assert [each[2] for each in stored(kept.path)] == [kept_units(packet) for packet in FILM[50:144]]
    assert names_in(kept.path.parent) == ["clip.mp4"]
    stats = recording.recorder.stats
    assert (stats.clips, stats.clips_lost, stats.clips_open, stats.packets) == (1, 0, 0, 170)
    assert stats.bytes_written > kept.size


def test_film_is_on_the_disk_before_anybody_is_told(tmp_path: Path) -> None:
    with Recording(tmp_path, pre_roll=3, post_roll=2, snapshots=False) as recording:
        recording.play(FILM[:95])
        begun = event("start", 8.0, 9.0)
        recording.recorder.event(begun)
        assert recording.recorder.wait_begun(begun.event.id, 5)
        (part,) = parts_of(recording.places.folder(begun.event.id))
        assert len(stored(part)) == 45
        recording.play(FILM[95:150])
        recording.recorder.event(event("end", 8.0, 12.35))
        recording.play(FILM[150:170])
        kept = recording.clip_of(begun.event)
    assert [each[2] for each in stored(kept.path)] == [kept_units(packet) for packet in FILM[50:144]]


def test_nobody_waits_for_film_that_does_not_come(tmp_path: Path) -> None:
    with Recording(tmp_path, snapshots=False) as recording:
        alone = event("start", 8.0, 9.0)
        recording.recorder.event(alone)
        assert not recording.recorder.wait_begun(alone.event.id, 0.2)
        recording.level = Level.PICTURES
        without = event("start", 8.5, name="b")
        recording.recorder.event(without)
        assert recording.recorder.wait_begun(without.event.id, 0.2)


def test_overlapping_events_each_have_their_own(tmp_path: Path) -> None:
    with Recording(tmp_path, pre_roll=2, post_roll=2, snapshots=False) as recording:
        recording.play(FILM[:60])
        recording.recorder.event(event("start", 5.0, name="a"))
        recording.play(FILM[60:100])
        recording.recorder.event(event("start", 9.5, name="b"))
        recording.recorder.event(event("end", 5.0, 9.0, name="a"))
        recording.play(FILM[100:160])
        recording.recorder.event(event("end", 9.5, 13.0, name="b"))
        first, second = (recording.clip_of(event("end", name=name).event) for name in "ab")
    assert (first.begin, second.begin) == pytest.approx((3.0, 7.0))
    assert len(pictures(first.path)) == 80
    assert len(pictures(second.path)) == 80


def test_switched_off_it_finishes_what_it_has_begun_and_begins_nothing(tmp_path: Path) -> None:
    with Recording(tmp_path, pre_roll=2, post_roll=1, snapshots=False) as recording:
        recording.play(FILM[:60])
        recording.recorder.event(event("start", 5.0, name="a"))
        recording.recorder.on = False
        recording.play(FILM[60:100])
        recording.recorder.event(event("start", 9.5, name="b"))
        recording.recorder.event(event("end", 5.0, 9.0, name="a"))
        recording.recorder.event(event("end", 9.5, 10.0, name="b"))
        recording.recorder.on = True
        recording.play(FILM[100:160])
        recording.recorder.event(event("start", 15.5, name="c"))
        recording.recorder.event(event("end", 15.5, 15.6, name="c"))
        recording.play(FILM[160:190])
        for name in "ac":
            assert recording.clip_of(event("end", name=name).event).seconds > 2
    assert len(recording.clips) == 2


def test_the_longest_clip_ends_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with Recording(tmp_path, pre_roll=1, post_roll=1, longest=6, snapshots=False) as recording:
        recording.play(FILM[:30])
        recording.recorder.event(event("start", 2.0))
        recording.play(FILM[30:200])
        kept = recording.clip_of(event("start").event)
        assert kept.seconds == pytest.approx(6, abs=0.11)
        recording.recorder.event(event("end", 2.0, 18.0))
        time.sleep(0.7)
    assert len(recording.clips) == 1
    assert "ends after 6 s" in caplog.text


def test_another_stream_in_mid_event_ends_the_clip(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Recording(tmp_path, pre_roll=1, post_roll=1, snapshots=False) as recording:
        recording.play(FILM[:30])
        recording.recorder.event(event("start", 2.0))
        recording.play(film(3, width=320, height=240, begin=3.0))
        recording.recorder.event(event("end", 2.0, 5.0))
        kept = recording.clip_of(event("end").event)
        assert {image.shape for image in pictures(kept.path)} == {(120, 160, 3)}
        recording.recorder.event(event("start", 5.5, name="b"))
        recording.recorder.event(event("end", 5.5, 5.6, name="b"))
        kept = recording.clip_of(event("end", name="b").event)
        assert {image.shape for image in pictures(kept.path)} == {(240, 320, 3)}
    assert "the stream is another now (h264 320x240)" in caplog.text


def test_the_same_stream_again_goes_on_in_the_same_clip(tmp_path: Path) -> None:
    with Recording(tmp_path, pre_roll=1, post_roll=1, snapshots=False) as recording:
        recording.play(FILM[:45])
        recording.recorder.event(event("start", 2.0))
        recording.play(film(6, begin=7.0), speed=10)  # two and a half seconds later, from a key frame
        recording.recorder.event(event("end", 2.0, 9.95))
        kept = recording.clip_of(event("end").event)
    assert kept.seconds == pytest.approx(10, abs=0.15)
    times = [each[0] for each in stored(kept.path)]
    assert max(np.diff(times)) == pytest.approx(2.6, abs=0.01)


def test_a_camera_that_is_lost_after_the_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from edgedet.events.recorder import takes

    monkeypatch.setattr(takes, "SILENCE", 0.5)
    with Recording(tmp_path, pre_roll=1, post_roll=5, snapshots=False) as recording:
        recording.play(FILM[:30])
        recording.recorder.event(event("start", 2.0))
        recording.recorder.event(event("end", 2.0, 2.5))
        assert recording.clip_of(event("end").event).seconds == pytest.approx(2, abs=0.11)


def test_closing_finishes_what_is_under_way(tmp_path: Path) -> None:
    with Recording(tmp_path, pre_roll=1) as recording:
        recording.play(FILM[:40])
        recording.recorder.event(event("start", 2.0, picture_of=frame(20, 2.0)))
        begun = time.monotonic()
    assert time.monotonic() - begun < 2
    assert recording.clips[0].seconds == pytest.approx(3, abs=0.11)
    assert [each.kind for each in recording.pictures] == ["snapshot", "clean", "thumbnail"]


def test_levels(tmp_path: Path) -> None:
    with Recording(tmp_path, pre_roll=4, post_roll=2, snapshots=False, level=Level.LEAN) as recording:
        recording.play(FILM[:60])
        recording.recorder.event(event("start", 5.0, name="lean"))
        recording.recorder.event(event("end", 5.0, 5.5, name="lean"))
        recording.play(FILM[60:80])
        lean = recording.clip_of(event("end", name="lean").event)
        assert [each[2] for each in stored(lean.path)] == [kept_units(packet) for packet in FILM[30:70:10]]
        recording.level = Level.PICTURES
        recording.recorder.event(event("start", 7.0, name="none", picture_of=frame(1, 7.0)))
        recording.recorder.event(event("end", 7.0, 7.1, name="none"))
        recording.play(FILM[80:100])
    assert len(recording.clips) == 1


def test_frames_are_encoded_where_there_are_no_packets(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with Recording(tmp_path, live=False, pre_roll=2, post_roll=1, fps=0, snapshots=False) as recording:
        recording.recorder.attach(object())
        for number in range(150):
            if number == 60:
                recording.recorder.event(event("start", 5.5))
            if number == 100:
                recording.recorder.event(event("end", 5.5, 9.0))
            recording.recorder.frame(frame(number, number / 10, 161, 121))
        kept = recording.clip_of(event("end").event)
    assert 2.4 <= kept.begin <= 3.5
    assert kept.begin + kept.seconds == pytest.approx(10, abs=0.11)
    images = pictures(kept.path)
    assert images[0].shape == (120, 160, 3)
    first = round(kept.begin * 10)
    shown = frame(first + 20, 0, 160, 120).image
    assert np.abs(images[20].astype(int) - shown).mean() < 12
    assert caplog.text.count("recording 160x120 with libx264, since no hardware encoder works here") == 1


def test_snapshots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from edgedet.events.recorder import snapshots

    monkeypatch.setattr(snapshots, "FIRST_AFTER", 0.4)
    with Recording(tmp_path, clips=False) as recording:
        for number in range(5):  # five better ones at once: one is written
            recording.recorder.event(event("update" if number else "start", picture_of=frame(number, 1.0, 640, 480)))
        recording.wait(lambda: len(recording.pictures) == 3)
        recording.recorder.event(event("end", 0, 3, picture_of=frame(9, 2.0, 640, 480)))
        recording.wait(lambda: len(recording.pictures) == 6)
    assert [each.begin for each in recording.pictures] == [1.0] * 3 + [2.0] * 3
    folder = recording.pictures[0].path.parent
    assert names_in(folder) == ["clean.jpg", "snapshot.jpg", "thumbnail.jpg"]
    clean, annotated, small = (
        cv2.imread(str(folder / name)) for name in ("clean.jpg", "snapshot.jpg", "thumbnail.jpg")
    )
    assert clean is not None
    assert annotated is not None
    assert small is not None
    assert small.shape == (240, 320, 3)
    assert np.abs(clean.astype(int) - frame(9, 0, 640, 480).image).mean() < 3
    changed = np.abs(clean.astype(int) - annotated).max(axis=2) > 60
    assert changed[90, 30:70].all()
    assert not changed[200:, 200:].any()


def test_continuous(tmp_path: Path) -> None:
    with Recording(tmp_path, clips=False, continuous=True, segment_seconds=5) as recording:
        recording.play(FILM[3:230], speed=40)
        recording.wait(lambda: len(recording.segments) == 4)
        [part] = [name for name in names_in(recording.segments[0].path.parent) if name.endswith(".part")]
        assert part.startswith(".")
        recording.level = Level.NO_CONTINUOUS
        recording.wait(lambda: len(recording.segments) == 5)
        recording.play(FILM[230:260])
    assert len(recording.segments) == 5
    assert [each.seconds for each in recording.segments[:4]] == pytest.approx([5] * 4, abs=0.01)
    found = [each for segment in recording.segments for each in stored(segment.path)]
    assert [each[2] for each in found] == [kept_units(packet) for packet in FILM[10:]][: len(found)]
    for segment in recording.segments:
        assert stored(segment.path)[0][1]
        assert segment.path == recording.places.segment("front", segment.started)
        assert segment.size == segment.path.stat().st_size


def test_whoever_is_told_may_fail(tmp_path: Path) -> None:
    with Recording(tmp_path, pre_roll=1, post_roll=1, snapshots=False) as recording:
        recording.fails = [OSError(28, "No space left on device")]
        recording.play(FILM[:30])
        recording.recorder.event(event("start", 2.0))
        recording.recorder.event(event("end", 2.0, 2.0))
        recording.play(FILM[30:50])
        recording.clip_of(event("end").event)


def open_parts(root: Path) -> list[str]:
    paths = [file.path for file in psutil.Process().open_files()]
    return [path for path in paths if path.startswith(str(root)) and path.endswith(".part.mp4")]


def test_no_clip_stays_open_on_a_disk_that_is_in_trouble(tmp_path: Path) -> None:
    """Whichever clip meets the trouble: with a file open there, nobody could unmount the disk and check it."""
    with Recording(tmp_path, pre_roll=1, post_roll=1, snapshots=False) as recording:
        recording.play(FILM[:30])
        recording.recorder.event(event("start", 2.0))
        recording.play(FILM[30:50])
        recording.wait(lambda: open_parts(tmp_path))
        other = event("start", 4.0, name="b")
        blocked = recording.places.folder(other.event.id)
        blocked.parent.mkdir(parents=True, exist_ok=True)
        blocked.write_text("in the way")
        recording.recorder.event(other)
        recording.wait(lambda: recording.recorder.stats.trouble)
        recording.wait(lambda: not open_parts(tmp_path))
        blocked.unlink()
        recording.play(FILM[50:80])
        recording.recorder.event(event("end", 2.0, 6.0))
        recording.recorder.event(event("end", 4.0, 6.0, name="b"))
        recording.play(FILM[80:100])
        kept = recording.clip_of(event("end").event)
    assert [each[2] for each in stored(kept.path)] == [kept_units(packet) for packet in FILM[10:70]]


def test_what_a_clip_had_to_write_still_fails_for_itself(tmp_path: Path) -> None:
    """A clip that is given up while it is finished writes its index yet, to the disk that is in trouble."""

    def finishing() -> Generator[None, None, None]:
        try:
            yield
        finally:
            raise OSError(errno.EROFS, "Read-only file system")

    take = Take(tmp_path, lambda folder: folder, Ring(1, 10**6), 0.0, 60.0, False)
    take._finishing = finishing()
    next(take._finishing)
    take.give_up()
    assert take._finishing is None


def test_a_recorder_that_never_ended_is_repaired(tmp_path: Path) -> None:
    recording = Recording(tmp_path, pre_roll=1, snapshots=False)
    recording.play(FILM[:40], speed=1000)
    recording.recorder.event(event("start", 2.0))
    recording.recorder._turn()
    recording.play(FILM[40:80], speed=1000)
    recording.recorder._turn()
    part, *_ = parts_of(recording.places.folder(event("start").event.id))
    kept = repair(part)
    assert kept is not None
    assert kept.seconds >= 4
