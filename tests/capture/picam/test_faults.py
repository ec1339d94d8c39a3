"""What goes wrong with a camera module while it runs, and how it heals."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import pytest

from edgedet.capture import open_source
from edgedet.capture.picam.driver import PicamDriver
from edgedet.capture.picam.testcamera import Faults, Rig
from edgedet.capture.receiver import Lost
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from tests.capture.picam.rigs import frame, opened, settings, until


def reading(source: Any) -> threading.Thread:
    """Read on in a thread, until the source is closed."""

    def read() -> None:
        while source.read() is not None:
            pass

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


def test_running_without_frames_is_noticed_and_healed_by_opening_again() -> None:
    with opened() as (source, rig):
        frame(source)
        for heals in range(1, 4):
            rig.stall()
            reading(source) if heals == 1 else None
            until(lambda heals=heals: source.status().reconnects == heals)  # type: ignore[misc]
            assert source.status().state == "open"
        assert rig.opened == 4
        assert list(rig.cameras) == [0]


def test_a_camera_that_is_unplugged_comes_back() -> None:
    with opened() as (source, rig):
        reading(source)
        rig.unplug()
        until(lambda: "no camera module found" in source.status().detail)
        lost = source.status()
        time.sleep(0.3)
        assert source.status().since == lost.since  # since when it is away, not since the last try
        assert time.monotonic() - lost.since >= 0.3
        rig.plug()
        until(lambda: source.status().state == "open")
        assert source.status().reconnects == 1
        assert source.status().since > lost.since


def test_frames_that_are_lost_are_no_reason_to_open_again() -> None:
    with opened() as (source, rig):
        rig.drop = 0.8
        numbers = [frame(source).index for _ in range(20)]
        assert numbers == sorted(numbers)
        assert rig.dropped > 20
        assert source.status().reconnects == 0


def test_openings_that_fail_in_between_are_tried_again() -> None:
    with opened() as (source, rig):
        rig.refusals, rig.busy = 2, 1
        rig.stall()
        reading(source)
        until(lambda: source.status().reconnects == 1)
        assert rig.opened == 2


def test_a_call_that_does_not_return_hangs_nobody_and_the_camera_is_had_again_once_it_does() -> None:
    with opened(open_timeout=0.5) as (source, rig):
        rig.hang = 1.0
        rig.stall()
        reading(source)
        until(lambda: "hasn't returned and still holds the camera" in source.status().detail)
        threads = threading.active_count()
        time.sleep(0.3)
        assert threading.active_count() <= threads + 1  # tries while it hangs leave nothing behind
        rig.hang = 0
        until(lambda: source.status().state == "open")
        began = time.monotonic()
        rig.hang = 2
        source.close()
        assert time.monotonic() - began < 1


def test_opening_again_at_once_waits_until_the_camera_is_let_go() -> None:
    rig = Rig()
    rig.hang = 0.8  # longer than a source waits for its thread
    for _ in range(2):
        with opened(rig) as (source, _):
            frame(source)


def test_another_camera_waits_for_its_turn_and_no_longer() -> None:
    rig = Rig()
    first = PicamDriver(0, settings(), lambda: rig)
    first.open(threading.Event())
    rig.hang = 0.6
    closing = threading.Thread(target=first.close)
    closing.start()
    time.sleep(0.1)
    other = PicamDriver(1, settings(open_timeout=0.2), lambda: rig)
    with pytest.raises(Lost, match="another camera module's opening or closing doesn't return"):
        other.open(threading.Event())
    other.close()
    closing.join()
    rig.hang = 0
    other.open(threading.Event())
    other.close()


def test_a_camera_pulled_out_for_good_keeps_saying_so_and_gives_up_never(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with opened(Rig(Faults(stall=0.2, heals=False))) as (source, rig):
        reading(source)
        until(lambda: rig.opened >= 3)
        assert "no frame for 0.3 s" in source.status().detail
    assert sum("no frame for" in each.message for each in caplog.records) <= rig.opened


@pytest.mark.parametrize(
    ("query", "heals"),
    [("stall=0.2", 2), ("vanish=0.2&back=0.3", 1), ("stall=20&speed=100", 2), ("hang=0.1&stall=0.2", 2)],
)
def test_faults_by_address(query: str, heals: int) -> None:
    config = settings(uri=f"picam:test?{query}")
    source = open_source(config)
    source.open()
    reading(source)
    until(lambda: source.status().reconnects >= heals)
    source.close()


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("picam:test?tilt=3", "no option tilt; there are stall, heals, drop"),
        ("picam:test?stall=soon", "stall=soon: write a number"),
        ("picam:test?drop=2", "drop=2: write a number"),
        ("picam:test?speed=0", "speed=0: write a number"),
        ("picam:test?stall=-1", "stall=-1: write a number"),
        ("picam:test?stall=nan", "stall=nan: write a number"),
        ("picam:test?fail=1.5", "fail=1.5: write a whole number"),
        ("picam:test?heals=perhaps", "heals=perhaps: may be yes or no"),
        ("picam:test?format=MJPEG", "format=MJPEG: may be RGB888"),
        ("picam:test,front", "front is no number of a test camera; use picam:test,1"),
        ("picam:0?stall=3", "only the test camera takes options"),
        ("picam:0,1", "only the test camera takes options"),
    ],
)
def test_an_address_that_makes_no_sense(uri: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        open_source(SourceConfig(uri=uri))
