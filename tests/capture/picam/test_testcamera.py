"""The test camera itself: what the real one does, it does."""

from __future__ import annotations

import time
from typing import Any

import av
import pytest

from edgedet import Detector
from edgedet.capture import open_source
from edgedet.capture.picam.testcamera import Faults, Rig, RigCamera
from edgedet.config import SourceConfig
from tests.capture.picam.rigs import frame, until


@pytest.fixture
def camera() -> Any:
    made = Rig()()
    made.configure(made.create_video_configuration({"size": (320, 240), "format": "RGB888"}, buffer_count=3))
    made.set_controls({"FrameRate": 100})
    made.start()
    yield made
    made.close()


def test_requests_that_are_kept_starve_it(camera: RigCamera) -> None:
    kept = [camera.capture_request(2) for _ in range(3)]
    with pytest.raises(TimeoutError):
        camera.capture_request(0.2)
    for each in kept:
        each.release()
    camera.capture_request(2).release()


def test_a_request_goes_back_once(camera: RigCamera) -> None:
    request = camera.capture_request(2)
    request.acquire()
    request.release()
    assert request.make_array("main").shape == (240, 320, 3)
    request.release()
    with pytest.raises(RuntimeError, match="negative ref_count"):
        request.release()
    with pytest.raises(RuntimeError, match="ref_count"):
        request.acquire()


def test_time_stamps_are_the_boot_clocks_and_grow(camera: RigCamera) -> None:
    stamps = []
    for _ in range(5):
        request = camera.capture_request(2)
        stamps.append(request.get_metadata()["SensorTimestamp"])
        request.release()
    assert stamps == sorted(set(stamps))
    assert 0 < time.clock_gettime_ns(time.CLOCK_BOOTTIME) - stamps[-1] < 10**9


def test_what_picamera2_refuses_it_refuses(camera: RigCamera) -> None:
    with pytest.raises(RuntimeError, match="Camera must be stopped before configuring"):
        camera.configure(camera.create_video_configuration())
    with pytest.raises(RuntimeError, match="Control Wobble is not advertised by libcamera"):
        camera.set_controls({"Wobble": 1})
    with pytest.raises(ValueError, match="Bad key 'colour'"):
        camera.create_video_configuration({"colour": 1})
    camera.stop()
    with pytest.raises(RuntimeError, match="may not exceed main"):
        camera.configure(camera.create_video_configuration({"size": (64, 64)}, {"size": (128, 64)}))
    with pytest.raises(RuntimeError, match="must be YUV"):
        camera.configure(camera.create_video_configuration({}, {"format": "RGB888", "size": (64, 64)}))


def test_a_camera_is_opened_once() -> None:
    rig = Rig()
    rig(0)
    with pytest.raises(RuntimeError) as caught:
        rig(0)
    assert "busy" in str(caught.value.__cause__)


class Keeps:
    """An output of picamera2's kind."""

    def __init__(self) -> None:
        self.got: list[tuple[bytes, bool, int]] = []
        self.recording = False

    def start(self) -> None:
        self.recording = True

    def stop(self) -> None:
        self.recording = False

    def outputframe(self, frame: bytes, keyframe: bool, timestamp: int, packet: Any, audio: bool) -> None:
        assert self.recording
        assert packet is not None
        assert not audio
        self.got.append((frame, keyframe, timestamp))


class Encoder:
    """As much of one of picamera2's encoders as is looked at."""

    bitrate, iperiod = 500_000, 5


def test_its_encoder_hands_on_h264_that_can_be_decoded(camera: RigCamera) -> None:
    output, encoder = Keeps(), Encoder()
    camera.start_encoder(encoder, output)
    until(lambda: len(output.got) >= 12)
    camera.stop_encoder(encoder)
    assert not output.recording
    assert [key for _, key, _ in output.got[:10]] == [True, False, False, False, False] * 2
    stamps = [stamp for _, _, stamp in output.got]
    assert stamps[0] == 0
    assert stamps == sorted(set(stamps))
    decoder = av.CodecContext.create("h264", "r")
    pictures = [picture for data, _, _ in output.got for picture in decoder.decode(av.Packet(data))]  # type: ignore[attr-defined]
    assert len(pictures) >= 10
    assert (pictures[0].width, pictures[0].height) == (320, 240)


def test_the_same_seed_loses_the_same_frames() -> None:
    lost = []
    for _ in range(2):
        rig = Rig(Faults(drop=0.5, seed=7))
        lost.append([rig.random.random() < rig.drop for _ in range(100)])
    assert lost[0] == lost[1]


def test_there_is_something_to_detect() -> None:
    detector = Detector(confidence=0.4)
    source = open_source(SourceConfig(uri="picam:test", width=640, height=360, small="320x320"))
    source.open()
    got = frame(source)
    source.close()
    assert got.small is not None
    assert set(detector.detect(got.image).filter("person").labels)
    assert len(detector.detect(got.image).filter("person"))
    assert len(detector.detect(got.small).filter("person"))
