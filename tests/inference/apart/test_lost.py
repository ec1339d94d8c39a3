"""A camera goes on while the process that runs its model is away."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import cv2
import pytest

from edgedet.app import App
from edgedet.camera import Camera
from edgedet.config import CameraConfig, MotionConfig, PrivacyConfig
from edgedet.inference.apart import keeper
from edgedet.inference.apart.runtime import ApartRuntime
from edgedet.inference.detector import Detector
from edgedet.monitor import status_line
from edgedet.types import Image
from edgedet.watcher import Watcher
from tests.drivers import Collector, PictureSource
from tests.places import ROOT


@pytest.fixture
def photo() -> Image:
    image = cv2.imread(str(ROOT / "edgedet/capture/photos/hopper.jpg"))
    assert image is not None
    return image  # type: ignore[return-value]


@pytest.fixture
def detector() -> Iterator[Detector]:
    detector = Detector(threads=1, isolate="process")
    yield detector
    assert isinstance(detector.runtime, ApartRuntime)
    detector.runtime.close()


class Killer(Collector):
    """A publisher that kills the model's process at a result, notes the status line while it is away, and ends the run
    once it has been back for a few looks.
    """

    def __init__(self, detector: Detector, at: int = 20) -> None:
        super().__init__(before=self._judge)
        assert isinstance(detector.runtime, ApartRuntime)
        self._runtime, self._at = detector.runtime, at
        self.app: App
        self.lines: set[str] = set()

    def run(self, camera: Camera, detector: Detector) -> dict[str, Any]:
        self.app = App([camera], detector, [self], interval=0)
        return self.app.run(seconds=30)

    def _judge(self, call: int) -> None:
        if call == self._at:
            os.kill(self._runtime.report()["pid"], signal.SIGSEGV)
        elif call > self._at and self._runtime.report()["state"] == "restarting":
            self.lines.add(status_line(self.app.report()).partition("; ")[0].rpartition(", ")[2])
        last = [result.looked for result in self.results[-5:]]
        if self._runtime.report()["restarts"] and self._runtime.back(0) and all(last):
            self.app.stop()


def watched(photo: Image, detector: Detector, privacy: PrivacyConfig | None = None) -> Camera:
    config = CameraConfig(name="porch", privacy=privacy or PrivacyConfig(), motion=MotionConfig(enabled=False))
    camera = Camera(PictureSource(photo, fps=25, live=True), "porch", covers_later=config.privacy.hides)
    camera.watcher = Watcher(config, detector.labels)
    return camera


def test_the_picture_goes_on_and_nobody_has_left(photo: Image, detector: Detector) -> None:
    killer = Killer(detector)
    report = killer.run(watched(photo, detector), detector)
    gap = [result for result in killer.results if not result.looked]
    assert len(gap) >= 3
    assert [len(result.detections) for result in gap] == [1] * len(gap)
    assert killer.results[-1].looked
    stamps = [result.frame.monotonic for result in killer.results]
    assert max(b - a for a, b in pairwise(stamps)) < 0.5  # less than the process is away at least
    assert not [event for result in killer.results for event in result.events if event.phase == "end"]
    assert (report["inference"]["restarts"], report["inference"]["state"]) == (1, "running")
    assert report["inference"]["missed"] >= len(gap)
    assert "DETECTOR RESTARTING" in killer.lines


def test_what_has_to_be_hidden_is_not_shown_meanwhile(photo: Image, detector: Detector) -> None:
    killer = Killer(detector)
    report = killer.run(watched(photo, detector, PrivacyConfig(blur=["person"])), detector)
    assert report["inference"]["missed"] >= 3
    assert all(result.looked and len(result.detections) for result in killer.results)
    stamps = [result.frame.monotonic for result in killer.results]
    assert max(b - a for a, b in pairwise(stamps)) > 0.5


def test_a_film_waits_and_loses_nothing(photo: Image, detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "RETRY_FIRST", 0.1)
    killer = Killer(detector)
    killer.app = App([Camera(PictureSource(photo, count=60))], detector, [killer], interval=0)
    killer.app.stop = lambda: None  # type: ignore[method-assign] - to the film's own end
    report = killer.app.run()
    assert [result.frame.index for result in killer.results] == list(range(60))
    assert all(result.looked and len(result.detections) == 1 for result in killer.results)
    assert (report["inference"]["restarts"], report["inference"]["missed"]) == (1, 0)
