from __future__ import annotations

import logging
import time

import pytest

from edgedet.app import App
from edgedet.camera import Camera
from edgedet.inference.detector import Detector
from edgedet.monitor import status_line
from edgedet.shortfall import Saying, shortfall
from tests.drivers import PictureSource, blank

FPS = 100
"""More than any detector here looks at, and no trouble to make of small pictures."""


def crowd(count: int) -> list[Camera]:
    """Live cameras of many frames."""
    return [Camera(PictureSource(blank(), fps=FPS, live=True), f"camera{i}") for i in range(count)]


def kept_up(camera: Camera, offered: int, taken: int) -> Camera:
    """A camera that gave so many frames a second and had so many looked at; beats by hand, as its threads do."""
    for stats, count in ((camera.capture, offered), (camera.detect, taken)):
        now = time.monotonic()
        for i in range(count):
            stats._stamps.append(now - 1 + i / count)
    return camera


def test_who_keeps_up_has_none() -> None:
    assert shortfall([kept_up(each, 30, 29) for each in crowd(2)]) is None


def test_says_how_far_behind_and_who_comes_off_worst() -> None:
    one, other = crowd(2)
    found = shortfall([kept_up(one, 30, 15), kept_up(other, 30, 6)])
    assert found is not None
    assert found["cameras"] == 2
    assert found["offered_fps"] == pytest.approx(60, rel=0.15)
    assert found["taken_fps"] == pytest.approx(21, rel=0.15)
    assert found["least_share"] == pytest.approx(0.2, abs=0.05)
    assert found["most_share"] == pytest.approx(0.5, abs=0.05)


def test_a_limit_that_was_asked_for_is_no_shortfall() -> None:
    cameras = [kept_up(each, 30, 10) for each in crowd(1)]
    assert shortfall(cameras, most_fps=10) is None
    assert shortfall(cameras, most_fps=20) is not None


def test_a_film_at_full_speed_has_none() -> None:
    film = Camera(PictureSource(blank(), live=False), "film")
    assert shortfall([kept_up(film, 100, 10)]) is None


def test_it_is_said_once_when_it_lasts_and_once_when_it_is_over() -> None:
    saying = Saying()
    behind = {"cameras": 16, "offered_fps": 240.0, "taken_fps": 48.0, "least_share": 0.19, "most_share": 0.21}
    assert [saying.hear(behind) for _ in range(2)] == [None, None]
    assert saying.hear(None) is None  # a hiccup
    lines = [saying.hear(behind) for _ in range(6)]
    said = [line for line in lines if line]
    assert len(said) == 1
    assert "16 cameras give 240.0 frames a second and 48.0 are looked at (of each camera's 19% to 21%)" in said[0]
    over = [line for line in (saying.hear(None) for _ in range(6)) if line]
    assert over == ["every frame is looked at again"]


def test_a_running_application_says_so_in_log_and_report_and_stays_fair(caplog: pytest.LogCaptureFixture) -> None:
    app = App(crowd(4), Detector(threads=1), [], interval=0.3)
    with caplog.at_level(logging.INFO, "edgedet"):
        report = app.run(seconds=2.5)
    assert report["shortfall"]["cameras"] == 4
    looked = [each["frames"]["detected"] for each in report["cameras"].values()]
    assert max(looked) - min(looked) <= 2  # each has its turn
    said = [record.getMessage() for record in caplog.records if "are looked at" in record.getMessage()]
    assert len(said) == 1
    assert ", 4 cameras), invoke " in status_line(report)
