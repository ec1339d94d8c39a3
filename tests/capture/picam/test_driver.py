"""The camera module's driver, over the test camera."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgedet.capture.picam.driver import PicamDriver
from edgedet.capture.picam.pixels import Layout
from edgedet.capture.picam.streams import Streams
from edgedet.capture.picam.testcamera import Faults, Rig
from edgedet.capture.picam.testcamera.request import RigRequest
from edgedet.capture.receiver import Lost
from edgedet.errors import SourceError
from tests.capture.picam.rigs import driver, frame, opened, settings, shot, until


def test_frames_come_with_their_small_picture_and_every_buffer_goes_back() -> None:
    with opened(small="160x120") as (source, rig):
        assert source.status().detail == "imx708 RGB888 320x240, small YUV420 160x120"
        for each in [frame(source) for _ in range(20)]:
            assert each.image.shape == (240, 320, 3)
            assert each.small is not None
            assert each.small.shape == (120, 160, 3)
            assert not each.small.flags.writeable
        until(lambda: rig.cameras[0].held <= 1)
        assert rig.starved == 0


def test_both_pictures_show_the_same() -> None:
    with driver(small="160x120") as (made, _, _):
        got = shot(made)
        image, small = got.picture(), got.small
        assert image is not None
        assert small is not None
        shrunk = image.reshape(120, 2, 160, 2, 3).mean(axis=(1, 3))
        assert np.abs(shrunk - small).mean() < 6


def test_nothing_of_a_released_buffer_is_in_a_frame() -> None:
    with driver(small="160x120") as (made, rig, _):
        camera = rig.cameras[0]
        got = [shot(made) for _ in range(3)]
        pictures = [(each.picture(), each.small) for each in got]
        copies = [(np.array(image), np.array(small)) for image, small in pictures]
        camera.stop()
        assert len(camera._pipeline.pool.memory) == camera.camera_configuration()["buffer_count"]
        for buffers in camera._pipeline.pool.memory:
            for memory in buffers.values():
                memory[:] = 0xA5
        for (image, small), (image_then, small_then) in zip(pictures, copies, strict=True):
            assert np.array_equal(image, image_then)  # type: ignore[arg-type]
            assert np.array_equal(small, small_then)  # type: ignore[arg-type]


@pytest.mark.parametrize("pixel_format", ["BGR888", "XBGR8888", "XRGB8888", "YUV420", "YVU420", "NV12", "NV21"])
def test_a_format_the_camera_chose_instead_is_converted(pixel_format: str) -> None:
    with driver() as (made, _, _):
        plain = shot(made).picture()
    with driver(Faults(format=pixel_format)) as (made, _, granted):
        assert granted == f"imx708 {pixel_format} 320x240"
        converted = shot(made).picture()
    assert plain is not None
    assert converted is not None
    difference = np.abs(plain.astype(int) - converted.astype(int))
    assert difference.mean() < 4  # chroma has half the resolution; swapped channels are off by far more


def test_a_format_nobody_understands_is_named() -> None:
    class Odd(Rig):
        def __call__(self, number: int = 0) -> Any:
            camera = super().__call__(number)
            plain = camera.camera_configuration
            camera.camera_configuration = lambda: {"main": plain()["main"] | {"format": "MJPEG"}}  # type: ignore[method-assign]
            return camera

    with (
        pytest.raises(SourceError, match="picam: gives MJPEG only; use a camera that gives one of RGB888"),
        opened(Odd()),
    ):
        pass


def test_a_request_goes_back_although_its_picture_is_of_no_use() -> None:
    with driver() as (made, rig, _):
        camera = rig.cameras[0]
        made._streams = Streams(Layout("RGB888", 320, 240, 5000), None)
        for _ in range(20):
            with pytest.raises(Lost, match=r"can't be read .*too short"):
                made.read()
        until(lambda: camera.held <= 1)


def test_the_sensors_stamp_is_the_frames() -> None:
    with opened() as (source, _):
        taken = frame(source).monotonic
        assert 0.005 <= time.monotonic() - taken < 1


@pytest.mark.parametrize("off_by", [-(10**9), 10**12])
def test_a_stamp_that_cannot_be_right_is_left(off_by: int) -> None:
    with driver() as (made, rig, _):
        camera = rig.cameras[0]
        plain = camera.capture_request

        def wrong(wait: float | bool | None = None) -> RigRequest:
            request = plain(wait)
            request._metadata["SensorTimestamp"] -= off_by
            return request

        camera.capture_request = wrong  # type: ignore[method-assign]
        before = time.monotonic()
        for _ in range(3):
            got = shot(made)
        assert before - 0.5 < got.taken <= time.monotonic()


@pytest.mark.parametrize(
    ("faults", "wanted", "words"),
    [
        (Faults(), 5, "no camera module 5; there are 2 camera modules: 0 imx708, 1 imx219"),
        (Faults(), "ov5647", "no camera module called ov5647; here: 0 imx708, 1 imx219"),
        (Faults(model="imx219"), "imx219", "2 camera modules are called imx219; choose by number: picam:0, picam:1"),
        (Faults(busy=1), 0, "in use by another process; end that first"),
        (Faults(fail=1), 0, r"can't be opened \(told to fail\)"),
    ],
)
def test_a_camera_that_cannot_be_had_says_why(faults: Faults, wanted: int | str, words: str) -> None:
    with pytest.raises(SourceError, match=f"^picam: {words}"), opened(Rig(faults), wanted):
        pass


def test_no_camera_at_all() -> None:
    rig = Rig()
    rig.unplug()
    with pytest.raises(SourceError, match="no camera module found; check the ribbon cable"), opened(rig):
        pass


@pytest.mark.parametrize("wanted", [1, "imx219", "IMX219", "imx219@1a"])
def test_the_second_camera_by_number_and_by_name(wanted: int | str) -> None:
    with opened(wanted=wanted) as (source, rig):
        assert source.status().detail.startswith("imx219")
        assert list(rig.cameras) == [1]


def test_two_cameras_at_once() -> None:
    rig = Rig()
    with opened(rig, 0) as (one, _), opened(rig, 1) as (other, _):
        assert frame(one).image.shape == frame(other).image.shape
        assert sorted(rig.cameras) == [0, 1]


def test_one_camera_twice() -> None:
    rig = Rig()
    words = "in use by this program already; give each camera a source.uri of its own"
    with opened(rig, 0) as (source, _):
        with pytest.raises(SourceError, match=words), opened(rig, 0):
            pass
        assert frame(source).image.size


def test_what_else_a_camera_is_used_for_begins_after_its_start_and_ends_before_it_is_closed() -> None:
    said = []

    def started(camera: Any, stop: threading.Event) -> Any:
        assert camera.started
        assert not stop.is_set()
        return lambda: said.append(camera.is_open)

    rig = Rig()
    made = PicamDriver(0, settings(), lambda: rig, started)
    made.open(threading.Event())
    made.close()
    assert said == [True]


def test_a_try_that_fails_leaves_no_descriptor_open() -> None:
    class Leaky:
        """Picamera2 0.3.38 in its first lines: the pipe is made, then the camera is busy."""

        def __init__(self, number: int) -> None:
            self.is_open = False
            self.notifyme_r, self.notifyme_w = os.pipe()
            self.reader = os.fdopen(self.notifyme_r, "rb")
            raise RuntimeError("Failed to acquire camera")

        @staticmethod
        def global_camera_info() -> list[dict[str, Any]]:
            return [{"Model": "imx708"}]

    def tries(count: int) -> int:
        for _ in range(count):
            made = PicamDriver(0, settings(), lambda: Leaky)
            with pytest.raises(Lost, match="in use"):
                made.open(threading.Event())
            made.close()
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    before = tries(2)
    assert tries(10) <= before + 1
