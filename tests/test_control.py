"""What may be asked of a running camera, and what happens then."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import pytest

from edgedet.app import App
from edgedet.camera import Camera
from edgedet.config import Config
from edgedet.control import Control
from edgedet.errors import ConfigError
from edgedet.events.keeper import Keeper
from edgedet.events.keeping import Keeping
from edgedet.inference.detector import Detector
from edgedet.pidfile import Answer
from edgedet.post import Post
from edgedet.privacy.switch import PrivacySwitch
from edgedet.settings import load
from edgedet.types import Frame
from edgedet.watcher import Watcher, limits_of
from tests.drivers import PictureSource
from tests.places import ROOT


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(threads=1)


class Running:
    settings = load({}, {}, Path("/dev/null"))

    def take_over(self) -> Answer:
        return Answer(True, ("nothing has changed",))


class Recorder:
    on = True


@pytest.fixture
def running(tmp_path: Path, detector: Detector) -> Iterator[tuple[Control, App, list[str]]]:
    """A camera before which a person stands still, running."""
    photo = cv2.imread(str(ROOT / "edgedet/capture/photos/hopper.jpg"))
    assert photo is not None
    config = Config().cameras[0]
    switch = PrivacySwitch(tmp_path)
    camera = Camera(
        lambda: PictureSource(photo, fps=30, live=True),
        "camera",
        watcher=Watcher(config, detector.labels, live=False),
        limits=limits_of(config, detector.labels),
        is_private=lambda: switch.is_on("camera"),
    )
    told: list[str] = []

    class Told:
        def hear(self, change: Any) -> None:
            told.append(change.event.phase)

    keeping = Keeping(Keeper(None, Told()), {})
    app = App([camera], detector, [], interval=0, keeping=keeping)
    control = Control(app, {"camera": camera}, {"camera": Recorder()}, switch, Running())
    thread = threading.Thread(target=app.run)
    thread.start()
    yield control, app, told
    app.stop()
    thread.join(10)
    assert not thread.is_alive()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def found(control: Control) -> int:
    newest = control.newest("camera")
    return 0 if newest is None else len(newest.detections)


def test_without_detection_nothing_is_found_and_what_went_on_is_over(
    running: tuple[Control, App, list[str]],
) -> None:
    control, app, told = running
    turned: list[tuple[str, str, bool]] = []
    control.watch(lambda *each: turned.append(each))
    until(lambda: told == ["start"])
    control.turn("detection", False)
    until(lambda: "end" in told and not found(control))
    looked, frames = app.report()["frames"]["looked"], app.report()["frames"]["detected"]
    until(lambda: app.report()["frames"]["detected"] > frames + 3)
    assert app.report()["frames"]["looked"] <= looked + 1
    control.turn("detection", True, "camera")
    until(lambda: found(control) and told.count("start") == 2)
    assert turned == [("detection", "camera", False), ("detection", "camera", True)]


def test_privacy_leaves_no_picture_behind(running: tuple[Control, App, list[str]]) -> None:
    control, _, _ = running
    until(lambda: found(control))
    control.turn("privacy", True)
    assert control.is_on("privacy", "camera")
    until(lambda: control.newest("camera") is None)
    control.turn("privacy", False)
    until(lambda: found(control))


def test_privacy_turned_by_somebody_else_is_told_of(running: tuple[Control, App, list[str]], tmp_path: Path) -> None:
    control, _, _ = running
    turned: list[tuple[str, str, bool]] = []
    control.watch(lambda *each: turned.append(each))
    until(lambda: found(control))
    PrivacySwitch(tmp_path).turn(True, "camera")
    until(lambda: turned)
    assert turned == [("privacy", "camera", True)]


def test_recording_is_the_recorders_switch(running: tuple[Control, App, list[str]]) -> None:
    control, _, _ = running
    assert control.has("recording")
    control.turn("recording", False)
    assert not control.is_on("recording", "camera")


def test_what_is_not_there_can_not_be_switched(running: tuple[Control, App, list[str]]) -> None:
    control, app, _ = running
    with pytest.raises(ConfigError, match="back: no such camera; there are camera"):
        control.turn("detection", True, "back")
    without = Control(app, {}, {}, PrivacySwitch(Path("nowhere")), Running())
    assert not without.has("recording")
    with pytest.raises(ConfigError, match="recording: nothing is recorded"):
        without.turn("recording", False)
    assert control.reload() == Answer(True, ("nothing has changed",))


def test_blurred_people_stay_blurred_while_nothing_is_detected(detector: Detector) -> None:
    photo = cv2.imread(str(ROOT / "edgedet/capture/photos/hopper.jpg"))
    assert photo is not None
    config = Config().cameras[0]
    config = config.model_copy(update={"privacy": config.privacy.model_copy(update={"blur": ["person"]})})
    detector.limits = limits_of(config, detector.labels)
    watcher = Watcher(config, detector.labels)
    for index in range(30):  # the gate looks at few of them: nothing moves
        elapsed = index / 10
        frame = Frame(photo.copy(), index, elapsed, elapsed, time.monotonic(), datetime.now(UTC), "test:")
        found = detector.detect(frame.image) if watcher.wants(frame, resting=True) else None
        watched = watcher.rest(frame, found)
        assert len(watched.detections) == 0
        assert (watched.frame.image != photo).any(), index


class Flaky:
    """A service that fails twice."""

    name = "flaky"

    def __init__(self) -> None:
        self.opened = self.ran = 0
        self.closed = threading.Event()

    def open(self) -> None:
        self.opened += 1

    def run(self) -> None:
        self.ran += 1
        if self.ran <= 2:
            raise OSError("broken")
        self.closed.wait()

    def close(self) -> None:
        self.closed.set()

    def report(self) -> Mapping[str, Any]:
        return {"ran": self.ran}


def test_a_service_that_fails_is_opened_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    service = Flaky()
    post = Post(service)  # type: ignore[arg-type]
    monkeypatch.setattr(post, "_pause", 0.01)
    thread = threading.Thread(target=post.run)
    thread.start()
    until(lambda: service.ran == 3)
    post.close()
    thread.join(5)
    assert not thread.is_alive()
    assert post.report() == {"ran": 3, "errors": 2}
    assert service.opened == 2
    assert "flaky stopped: OSError: broken; trying again in" in caplog.text
