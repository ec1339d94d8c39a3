"""The camera module's driver, over a stand-in with picamera2's interface; the real one's tests need its hardware."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from edgedet.capture import open_source
from edgedet.capture.picam import PicamDriver
from edgedet.capture.reconnect import Reconnecting
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.types import Image
from tests.capture.clips import number_of, numbered


class PatternCamera:
    """A picamera2.Picamera2 that shows numbered pictures, in two buffers that it needs back."""

    age_ns, format = 20_000_000, "RGB888"

    def __init__(self, number: int) -> None:
        self.count, self.held, self.closed = 0, 0, False

    @staticmethod
    def global_camera_info() -> list[dict[str, Any]]:
        return [{"Model": "imx708", "Id": "/base/i2c"}]

    def create_video_configuration(self, main: dict[str, Any], controls: dict[str, Any]) -> dict[str, Any]:
        return {"main": main, "controls": controls}

    def configure(self, config: dict[str, Any]) -> None:
        self.config = config | {"main": config["main"] | {"format": self.format}}

    def camera_configuration(self) -> dict[str, Any]:
        return self.config

    def start(self) -> None:
        pass

    def capture_request(self, wait: float) -> PatternCamera:
        if self.held == 2:
            time.sleep(wait)
            raise TimeoutError
        time.sleep(0.01)
        self.held, self.count = self.held + 1, self.count + 1
        return self

    def make_array(self, name: str) -> Image:
        width, height = self.config[name]["size"]
        return numbered(self.count % 25, width, height)

    def get_metadata(self) -> dict[str, int]:
        return {"SensorTimestamp": time.clock_gettime_ns(time.CLOCK_BOOTTIME) - self.age_ns}

    def release(self) -> None:
        self.held -= 1

    def close(self) -> None:
        self.closed = True


@contextmanager
def opened(camera: type[PatternCamera] = PatternCamera, number: int = 0) -> Iterator[Reconnecting]:
    config = SourceConfig(uri="picam:", width=320, height=240, stall_timeout=2)
    source = Reconnecting("picam:", lambda: PicamDriver(number, config, lambda: camera), config)
    source.open()
    yield source
    source.close()


def test_frames_come_and_every_buffer_goes_back() -> None:
    with opened() as source:
        assert source.status().detail == "RGB888 320x240"
        frames = [source.read() for _ in range(8)]
    for frame in frames:
        assert frame is not None
        assert frame.image.shape == (240, 320, 3)
        assert number_of(frame.image) == (frame.index + 1) % 25


def test_the_sensors_stamp_is_the_frames() -> None:
    with opened() as source:
        frame = source.read()
        assert frame is not None
        assert 0.02 <= time.monotonic() - frame.monotonic < 1


@pytest.mark.parametrize("age_ns", [-(10**9), 10**12])
def test_a_stamp_that_cannot_be_right_is_left(age_ns: int) -> None:
    class Junk(PatternCamera):
        pass

    Junk.age_ns = age_ns
    with opened(Junk) as source:
        before = time.monotonic()
        frame = source.read()
        frame = source.read()
        assert frame is not None
        assert before - 0.5 < frame.monotonic <= time.monotonic()


def test_another_format_is_refused() -> None:
    class Virtual(PatternCamera):
        format = "NV12"

    with pytest.raises(SourceError, match="picam: gives NV12 only"), opened(Virtual):
        pass


def test_a_number_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(SourceError, match="no such camera module; here: imx708"), opened(number=1):
        pass


def test_a_number_that_is_none() -> None:
    with pytest.raises(SourceError, match=r"^picam:front: front is no camera number"):
        open_source(SourceConfig(uri="picam:front"))


@pytest.mark.skipif(importlib.util.find_spec("picamera2") is not None, reason="picamera2 is installed here")
def test_without_picamera2_the_error_says_what_to_do() -> None:
    source = open_source(SourceConfig(uri="picam:"))
    with pytest.raises(SourceError) as caught:
        source.open()
    text = str(caught.value)
    assert text.startswith("picam: picamera2 isn't visible")
    assert "sudo apt install python3-picamera2" in text
    assert "--system-site-packages" in text
