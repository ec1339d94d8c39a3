"""A camera that is switched off films nothing, and goes on with a new source when it may again."""

from __future__ import annotations

import threading
import time

from edgedet.camera import Camera
from edgedet.types import Frame
from tests.drivers import PictureSource, blank


def test_the_switch_stops_capture_itself_and_lets_it_go_on() -> None:
    private = False
    sources: list[PictureSource] = []

    def connect() -> PictureSource:
        sources.append(PictureSource(blank(), fps=200, live=True))
        return sources[-1]

    camera = Camera(connect, "front", is_private=lambda: private)
    frames: list[Frame | None] = []
    thread = threading.Thread(target=lambda: camera.read_all(lambda frame: frames.append(frame) or True))
    thread.start()
    _until(lambda: len(frames) > 5)
    private = True
    camera.look_for_privacy()
    _until(lambda: frames[-1] is None)
    assert sources[0].status().state == "closed"
    count = len(frames)
    time.sleep(0.1)
    assert len(frames) == count
    private = False
    camera.look_for_privacy()
    _until(lambda: len(frames) > count + 5)
    assert len(sources) == 2
    camera.stop()
    thread.join(2)
    assert not thread.is_alive()


def test_one_that_is_private_from_the_start_opens_nothing_and_can_be_stopped() -> None:
    source = PictureSource(blank(), live=True)
    camera = Camera(source, "front", is_private=lambda: True)
    frames: list[Frame | None] = []
    thread = threading.Thread(target=lambda: camera.read_all(lambda frame: frames.append(frame) or True))
    thread.start()
    _until(lambda: frames == [None])
    camera.stop()
    thread.join(2)
    assert not thread.is_alive()
    assert frames == [None]


def test_what_is_covered_is_covered_before_anybody_sees_it() -> None:
    seen: list[Frame | None] = []

    def cover(frame: Frame) -> Frame:
        assert frame.image.any()
        return Frame(blank() * 0, frame.index, frame.time, frame.elapsed, frame.monotonic, frame.wall, frame.source)

    Camera(PictureSource(blank(), count=3), cover=cover).read_all(lambda frame: seen.append(frame) or True)
    assert len(seen) == 3
    assert not any(frame.image.any() for frame in seen if frame)


def _until(condition: object) -> None:
    deadline = time.monotonic() + 5
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.005)
