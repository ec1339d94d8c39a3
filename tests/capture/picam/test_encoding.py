"""A camera module's film from an encoder beside the pipeline; here the test camera's, which is libx264."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from edgedet.capture import Source, open_source
from edgedet.capture.picam import encoding as encoding_module
from edgedet.capture.picam.encoding import Clock
from edgedet.capture.picam.film import Film, Find, find_encoder
from edgedet.capture.picam.testcamera import Faults, H264Encoder, Rig, RigCamera
from edgedet.capture.tap import EncodedPacket, hand_packets, parameter_sets
from edgedet.config import SourceConfig
from edgedet.config.record import RecordConfig
from edgedet.errors import SourceError
from edgedet.events.places import Places
from edgedet.events.recorder import Recorder
from edgedet.types import Frame
from tests.capture.test_tap import Listener, read
from tests.events.recorder.film import event, pictures, stored
from tests.events.recorder.recording import Recording

FPS = 25.0


def settings(query: str = "", **more: Any) -> SourceConfig:
    return SourceConfig(uri=f"picam:test{query}", width=320, height=180, fps=FPS, stall_timeout=1, **more)


def source_of(query: str = "", **more: Any) -> Source:
    return open_source(settings(query, **more))


def found() -> tuple[Any, str]:
    return H264Encoder, ""


@contextmanager
def running(config: SourceConfig, camera_class: type[RigCamera] = RigCamera) -> Iterator[RigCamera]:
    """A test camera that has been started, without a source around it."""
    camera = camera_class(Rig(Faults()), 0, "imx708")
    size = (config.width, config.height)
    camera.configure(camera.create_video_configuration(main={"size": size, "format": "RGB888"}))
    camera.start()
    yield camera
    camera.close()


@contextmanager
def begun(
    config: SourceConfig, find: Find = found, camera_class: type[RigCamera] = RigCamera
) -> Iterator[tuple[RigCamera, Listener, Callable[[], Callable[[], None]]]]:
    """A running camera, a tap on its film, and what begins that."""
    film, listener = Film(config, find), Listener()
    assert film.relay is not None
    film.relay.tap, film.relay.start = listener, time.monotonic()
    with running(config, camera_class) as camera:
        yield camera, listener, lambda: film.begin(camera, threading.Event())


def wait(until: Callable[[], object], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def filmed(seconds: float, query: str = "") -> tuple[list[EncodedPacket], list[Frame]]:
    listener, source = Listener(), source_of(query)
    assert hand_packets(source, listener)
    source.open()
    frames = list(read(source, seconds))
    source.close()
    assert listener.frames_only_said == 0
    return listener.packets, frames


def test_packets_are_what_the_frames_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding_module, "KEY_EVERY", 0.4)
    packets, frames = filmed(1.5)
    assert packets[0].key
    assert packets[0].stream.codec == "h264"
    assert (packets[0].stream.width, packets[0].stream.height) == (320, 180)
    assert parameter_sets("h264", packets[0].stream.parameters) == packets[0].stream.parameters != b""
    assert len({id(packet.stream) for packet in packets}) == 1
    keys = [packet.elapsed for packet in packets if packet.key]
    assert [b - a for a, b in itertools.pairwise(keys)] == pytest.approx([0.4] * (len(keys) - 1), abs=0.15)
    assert len(keys) >= 3
    # of one sensor's clock: a frame's packet has its very time
    times = [packet.elapsed for packet in packets]
    assert times == sorted(times)
    assert len(frames) > 10
    for frame in frames[3:-3]:
        assert min(abs(frame.elapsed - each) for each in times) < 0.002


def test_each_opening_begins_with_a_key_frame() -> None:
    packets, frames = filmed(3.5, "?stall=1&speed=2")
    gap = next(i for i, (a, b) in enumerate(itertools.pairwise(packets), 1) if b.elapsed - a.elapsed > 0.9)
    assert packets[gap].key
    assert packets[gap].stream == packets[0].stream
    assert [packet.elapsed for packet in packets] == sorted(packet.elapsed for packet in packets)
    assert frames[-1].elapsed > packets[gap].elapsed


def test_a_clip_of_it_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding_module, "KEY_EVERY", 0.4)
    with Recording(tmp_path, pre_roll=0.5, post_roll=0.2) as recording:
        source = source_of()
        recording.recorder.attach(source)
        source.open()
        opened = time.monotonic()
        for frame in read(source, 1.5):
            recording.recorder.frame(frame)
        recording.recorder.event(event("start", opened + 1.2))
        change = event("end", opened + 1.2, opened + 1.6)
        recording.recorder.event(change)
        list(read(source, 0.8))
        clip = recording.clip_of(change.event)
        source.close()
        assert recording.recorder.stats.frames_failed == recording.recorder.stats.frames_dropped == 0
    kept = stored(clip.path)
    assert kept[0][1]
    assert kept[0][0] == 0
    steps = [b[0] - a[0] for a, b in itertools.pairwise(kept)]
    assert sorted(steps)[len(steps) // 2] == pytest.approx(1 / FPS, abs=0.01)
    assert len(pictures(clip.path)) == len(kept) > FPS / 2


def test_a_covered_camera_is_not_filmed_by_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for remux in (False, True):
            source = source_of()
            recorder = Recorder("front", RecordConfig(), Places(tmp_path), lambda _: None, remux=remux)
            recorder.attach(source)
            source.open()
            list(read(source, 0.5))
            source.close()
            assert ("its film comes from" in caplog.text) == remux
            assert (recorder.stats.packets > 0) == remux


def test_nobody_taps_and_nothing_is_encoded() -> None:
    class Refusing(RigCamera):
        def start_encoder(self, encoder: Any, output: Any = None, name: str | None = None) -> None:
            raise AssertionError

    film = Film(settings(), found)
    with running(settings(), Refusing) as camera:
        film.begin(camera, threading.Event())()


def test_off_means_that_there_are_no_packets() -> None:
    assert not hand_packets(source_of(encoder="off"), Listener())


def test_a_board_without_one_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    missing = (None, "this board has no H.264 encoder")
    with begun(settings(), lambda: missing) as (_, listener, begin), caplog.at_level(logging.INFO):
        begin()()
        begin()()
    assert listener.frames_only_said == 2
    assert caplog.text.count("picam:test: this board has no H.264 encoder; its film is encoded by the recorder") == 1


def test_it_may_be_demanded() -> None:
    config = settings(encoder="hardware")
    said = r"^this board has no H.264 encoder; source.encoder is hardware: use"
    missing = (None, "this board has no H.264 encoder")
    with begun(config, lambda: missing) as (_, _, begin), pytest.raises(SourceError, match=said):
        begin()


def test_a_picture_too_large_for_it(caplog: pytest.LogCaptureFixture) -> None:
    config = SourceConfig(uri="picam:test", width=2304, height=1296)
    with begun(config) as (_, listener, begin), caplog.at_level(logging.INFO):
        begin()()
    assert "2304x1296 is more than the board's H.264 encoder takes, 1920x1920" in caplog.text
    assert listener.frames_only_said == 1


def test_one_that_cannot_be_opened(caplog: pytest.LogCaptureFixture) -> None:
    class Locked(RigCamera):
        def start_encoder(self, encoder: Any, output: Any = None, name: str | None = None) -> None:
            raise PermissionError(13, "Permission denied", "/dev/video11")

    with begun(settings(), camera_class=Locked) as (_, listener, begin), caplog.at_level(logging.INFO):
        begin()()
    assert "can't be used ([Errno 13] Permission denied: '/dev/video11'); its film is encoded by the" in caplog.text
    assert listener.frames_only_said == 1


class Mute(RigCamera):
    """Its encoder gives nothing."""

    def start_encoder(self, encoder: Any, output: Any = None, name: str | None = None) -> None:
        encoder.starts = getattr(encoder, "starts", 0) + 1


def test_one_that_gives_nothing_is_given_up(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding_module, "SILENT", 0.1)
    config = settings().model_copy(update={"stall_timeout": 0.2})
    with begun(config, camera_class=Mute) as (_, listener, begin), caplog.at_level(logging.INFO):
        end = begin()
        wait(lambda: listener.frames_only_said)
        end()
        assert "picam:test: the board's H.264 encoder gives nothing; the recorder encodes from here" in caplog.text
        begin()()
        assert "encoder gave nothing when it was tried last; its film is encoded by the recorder" in caplog.text
        assert listener.frames_only_said == 2
        begin()()  # if it wasn't the encoder that kept the camera, it may have another try
    assert listener.frames_only_said == 2


def test_one_that_falls_silent_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding_module, "SILENT", 0.1)
    config = settings().model_copy(update={"stall_timeout": 0.2})
    with begun(config) as (camera, listener, begin):
        begin()
        wait(lambda: listener.packets)
        camera.stop()
        wait(lambda: listener.frames_only_said)
        count = len(listener.packets)
        camera.start()
        end = begin()
        wait(lambda: len(listener.packets) > count)
        end()
    assert listener.packets[count].key
    assert listener.frames_only_said == 1


def test_after_its_end_nothing_is_handed_on() -> None:
    with begun(settings()) as (_, listener, begin):
        end = begin()
        wait(lambda: len(listener.packets) > 3)
        end()
        end()
        count = len(listener.packets)
        time.sleep(0.2)
    assert len(listener.packets) == count


def test_in_the_dark_key_frames_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding_module, "KEY_EVERY", 0.4)

    class Slow(H264Encoder):
        """Thinks the camera gives many more frames a second than it does."""

        def __init__(self, **asked: Any) -> None:
            super().__init__(**asked | {"iperiod": 10_000})

    with begun(settings(), lambda: (Slow, "")) as (_, listener, begin):
        end = begin()
        wait(lambda: sum(packet.key for packet in listener.packets) == 2)
        end()
    keys = [packet.elapsed for packet in listener.packets if packet.key]
    assert keys[1] - keys[0] == pytest.approx(0.4, abs=0.15)


def test_without_picamera2_there_is_no_encoder() -> None:
    make, why = find_encoder()
    assert make is None
    assert "encoder" in why


def test_a_sensors_stamp_is_kept() -> None:
    clock, now = Clock(), time.monotonic()
    boot = time.clock_gettime(time.CLOCK_BOOTTIME)
    taken = [clock(boot - 0.05 + number / 30, now + number / 30) for number in range(90)]
    assert taken == pytest.approx([now - 0.05 + number / 30 for number in range(90)], abs=0.002)


@pytest.mark.parametrize("first", [0.0, 1e9])
def test_of_a_stamp_that_cannot_be_right_the_steps_are(first: float) -> None:
    clock, now = Clock(), time.monotonic()
    taken = [clock(first + number / 30, now + number / 30 + (0.1 if number % 5 else 0)) for number in range(90)]
    steps = [b - a for a, b in itertools.pairwise(taken)]
    assert steps == pytest.approx([1 / 30] * 89, abs=0.01)
    assert all(each <= now + number / 30 + 0.1 for number, each in enumerate(taken))
