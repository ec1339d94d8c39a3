"""What holds for every source, whatever its driver."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgedet.capture import Source, open_source
from edgedet.capture.reconnect import Reconnecting
from edgedet.capture.v4l2 import V4l2Driver
from edgedet.config import SourceConfig
from tests.capture.clips import jpeg, numbered, write_video
from tests.capture.servers import HttpCamera, RtspCamera

Maker = Callable[[Path], AbstractContextManager[Source]]


def plain(**settings: object) -> Maker:
    @contextmanager
    def make(_: Path) -> Iterator[Source]:
        yield open_source(SourceConfig.model_validate(settings))

    return make


def looping_files(name: str) -> Maker:
    @contextmanager
    def make(folder: Path) -> Iterator[Source]:
        write_video(folder / "a.mp4", 6, fps=50)
        for number in range(3):
            (folder / f"{number}.jpg").write_bytes(jpeg(numbered(number)))
        yield open_source(SourceConfig(uri=str(folder / name), loop=True, fps=100))

    return make


@contextmanager
def mjpeg(_: Path) -> Iterator[Source]:
    with HttpCamera() as server:
        yield open_source(SourceConfig(uri=server.url("mjpeg")))


@contextmanager
def rtsp(_: Path) -> Iterator[Source]:
    with RtspCamera() as server:
        yield open_source(SourceConfig(uri=server.url))


@contextmanager
def usb(folder: Path) -> Iterator[Source]:
    clip = write_video(folder / "a.avi", 25, codec="mjpeg", pixels="yuvj420p")
    config = SourceConfig(uri="0")
    yield Reconnecting("0", lambda: V4l2Driver(str(clip), config, cv2.VideoCapture), config)


SOURCES: dict[str, Maker] = {
    "demo": plain(uri="demo:", fps=60),
    "demo as fast": plain(uri="demo:", as_fast=True),
    "video": looping_files("a.mp4"),
    "picture": looping_files("0.jpg"),
    "mjpeg": mjpeg,
    "rtsp": rtsp,
    "usb": usb,
    "module": plain(uri="picam:test", width=320, height=240, small="160x120"),
    "module, NV12": plain(uri="picam:test,1?format=NV12&lores=no", width=322, height=242),
}


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Source]:
    with SOURCES[request.param](tmp_path) as made:
        yield made
        made.close()


def test_frames_are_numbered_stamped_owned_and_read_only(source: Source) -> None:
    before, wall = time.monotonic(), datetime.now(UTC)
    source.open()
    frames = [frame for frame in (source.read() for _ in range(8)) if frame is not None]
    assert len(frames) == 8
    assert source.status().state == "open"
    for one, other in itertools.pairwise(frames):
        assert one.index < other.index
        assert one.time <= other.time
        assert before - 1 < one.monotonic <= other.monotonic <= time.monotonic()
        assert one.image is not other.image
    for frame in frames:
        assert frame.image.dtype == np.uint8
        assert frame.image.flags.c_contiguous
        assert not frame.image.flags.writeable
        assert abs((frame.wall - wall).total_seconds()) < 60
        assert frame.source


def test_the_clock_of_a_live_source_is_the_same_for_whatever_is_opened_after_it(source: Source) -> None:
    """A camera that was private is opened anew; who times what happens in the picture must not see time go back."""
    source.open()
    frames = [frame for frame in (source.read() for _ in range(4)) if frame is not None]
    if source.live:
        assert all(abs(frame.elapsed - time.monotonic()) < 60 for frame in frames)
    assert [frame.elapsed for frame in frames] == sorted(frame.elapsed for frame in frames)


def test_pictures_do_not_change_after_they_are_given(source: Source) -> None:
    source.open()
    frames = [frame for frame in (source.read() for _ in range(4)) if frame is not None]
    kept = [frame.image.copy() for frame in frames]
    for _ in range(6):
        source.read()
    for frame, copy in zip(frames, kept, strict=True):
        assert np.array_equal(frame.image, copy)


def test_close_ends_a_reading_thread_and_twice_is_fine(source: Source) -> None:
    source.open()
    assert source.read() is not None
    ended = threading.Event()

    def read_on() -> None:
        while source.read() is not None:
            pass
        ended.set()

    threading.Thread(target=read_on, daemon=True).start()
    time.sleep(0.1)
    source.close()
    source.close()
    assert ended.wait(5)
    assert source.read() is None
    assert source.status().state == "closed"


def test_close_without_open(source: Source) -> None:
    assert source.status().state == "opening"
    source.close()
    assert source.read() is None
    assert source.status().state == "closed"
