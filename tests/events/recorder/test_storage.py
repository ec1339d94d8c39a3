"""A disk that fills up, turns read-only, or goes: nothing is raised, and recording goes on when it is back."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edgedet.events.recorder import storage
from tests.events.recorder.film import event, film, frame, kept_units, names_in, pictures, stored
from tests.events.recorder.recording import Recording
from tests.publish.made import small_disk

FILM = film(30)


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(storage, "RETRY_FIRST", 0.2)
    monkeypatch.setattr(storage, "RETRY_MOST", 0.4)
    with small_disk(tmp_path / "disk", 2048) as where:
        yield where


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)


def full(disk: Path) -> Callable[[], None]:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)) == 4096:
                pass
        except OSError:
            pass
    return ballast.unlink


def read_only(disk: Path) -> Callable[[], None]:
    remount(disk, "ro")
    return lambda: remount(disk, "rw")


@pytest.mark.parametrize(("when", "trouble"), [("before", full), ("before", read_only), ("during", full)])
def test_an_event_meanwhile(
    disk: Path, when: str, trouble: Callable[[Path], Callable[[], None]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with Recording(disk, pre_roll=2, post_roll=2) as recording:
        recording.play(FILM[:60])
        cure = trouble(disk) if when == "before" else None
        recording.recorder.event(event("start", 5.0, picture_of=frame(1, 5.0)))
        recording.play(FILM[60:100])
        if cure is None:
            recording.wait(lambda: recording.recorder.stats.bytes_written > 0)
            cure = trouble(disk)
        recording.play(FILM[100:140])
        recording.recorder.event(event("end", 5.0, 11.0))
        recording.wait(lambda: recording.recorder.stats.trouble)
        assert not recording.clips
        cure()
        kept = recording.clip_of(event("end").event)
        assert [each[2] for each in stored(kept.path)] == [kept_units(packet) for packet in FILM[30:130]]
        assert len(pictures(kept.path)) == 100
        recording.wait(lambda: len(recording.pictures) >= 3)
    assert names_in(kept.path.parent) == ["clean.jpg", "clip.mp4", "snapshot.jpg", "thumbnail.jpg"]
    assert len([record for record in caplog.records if record.levelno >= logging.ERROR]) == 1
    assert "recording waits" in caplog.text
    assert caplog.text.count("recording goes on after") == 1


def test_a_stick_that_is_pulled_out_and_put_in_again(disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with Recording(disk, pre_roll=2, post_roll=1, snapshots=False) as recording:
        recording.play(FILM[:60])
        recording.recorder.event(event("start", 5.0, name="a"))
        recording.recorder.event(event("end", 5.0, 5.0, name="a"))
        recording.clip_of(event("end", name="a").event)
        subprocess.run(["umount", "-l", str(disk)], check=True)
        recording.recorder.event(event("start", 6.0, name="b"))
        recording.play(FILM[60:90])
        recording.wait(lambda: "its disk is gone" in recording.recorder.stats.trouble)
        assert names_in(disk) == []  # nothing on the disk underneath
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2048k", "tmpfs", str(disk)], check=True)
        recording.recorder.event(event("end", 6.0, 8.0, name="b"))
        recording.play(FILM[90:100])
        kept = recording.clip_of(event("end", name="b").event)
    assert [each[2] for each in stored(kept.path)] == [kept_units(packet) for packet in FILM[40:90]]
    assert "recording goes on" in caplog.text


def test_a_folder_that_is_missing(tmp_path: Path, disk: Path) -> None:
    root = disk / "events-of-mine"
    with Recording(root, pre_roll=1, post_roll=1, snapshots=False) as recording:
        recording.play(FILM[:30])
        recording.recorder.event(event("start", 2.0))
        recording.wait(lambda: recording.recorder.stats.trouble)
        assert not root.exists()
        recording.recorder.event(event("end", 2.0, 2.5))
        root.mkdir()
        recording.play(FILM[30:50])
        recording.clip_of(event("end").event)


@pytest.mark.slow
def test_memory_is_bounded_while_a_disk_is_away(disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    cure = full(disk)
    busy = film(16, width=1280, height=720, fps=25)
    assert sum(len(packet.data) for packet in busy) > 1_200_000
    with Recording(disk, pre_roll=1, post_roll=1, ring_mb=1, snapshots=False) as recording:
        recording.play(busy[:50])
        recording.recorder.event(event("start", 1.5))
        recording.play(busy[50:350])
        recording.recorder.event(event("end", 1.5, 13.0))
        recording.play(busy[350:])
        assert recording.recorder.stats.ring_bytes <= 1_000_000
        assert recording.recorder.stats.packets_dropped > 0
        cure()
        kept = recording.clip_of(event("end").event)
        assert 1 < kept.seconds < 12
        assert len(pictures(kept.path)) == len(stored(kept.path))
    assert recording.recorder.stats.clips_lost == 1
    assert "has a hole" in caplog.text
