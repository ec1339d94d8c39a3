"""A running application whose figures are read."""

from __future__ import annotations

import contextlib
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from edgedet.app import App
from edgedet.camera import Camera
from edgedet.control import Switch
from edgedet.inference.detector import Detector
from edgedet.monitor import Monitor
from edgedet.settings import Settings, load
from edgedet.stages import build_cameras, build_keeping
from tests.drivers import Collector, PictureSource, blank

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


@dataclass
class Desk:
    """What :class:`edgedet.control.Control` says of an application, for one that has none."""

    monitor: Monitor
    settings: Settings
    more: dict[str, Any] = field(default_factory=dict)
    private: bool = False
    say: Callable[[], dict[str, Any]] | None = None

    @property
    def cameras(self) -> tuple[str, ...]:
        return tuple(camera.name for camera in self.monitor.cameras)

    @property
    def storage(self) -> Path | None:
        return self.settings.config.storage.path

    def report(self) -> dict[str, Any]:
        return (self.say or self.monitor.report)() | self.more

    def has(self, switch: Switch) -> bool:
        return switch != "recording" or self.storage is not None

    def is_on(self, switch: Switch, camera: str) -> bool:
        return self.private if switch == "privacy" else True


def settings(folder: Path, text: str = "") -> Settings:
    """Of this text alone."""
    file = folder / "edgedet.toml"
    file.write_text(text)
    return load({}, {}, file)


def ran(folder: Path, frames: int = 20) -> Desk:
    """After so many frames of a grey picture, with one publisher."""
    app = App([Camera(PictureSource(blank(), fps=200), "front")], Detector(threads=1), [Collector("sink")], interval=0)
    app.run(frames=frames)
    return Desk(app.monitor, settings(folder))


@contextlib.contextmanager
def demo(folder: Path, text: str) -> Iterator[Desk]:
    """The real pipeline on settings of this text, with storage, until the end."""
    found = settings(folder, text)
    detector, keeping = Detector(threads=1), build_keeping(found.config)
    app = App(build_cameras(found.config, detector, keeping.recorders), detector, [Collector("sink")], 0, None, keeping)
    keeping.keeper.listen(app.monitor.told)
    thread = threading.Thread(target=app.run, name="test-app", daemon=True)
    thread.start()
    try:
        yield Desk(app.monitor, found, say=app.report)
    finally:
        app.stop()
        thread.join(20)


def parsed(body: bytes) -> Figures:
    """Every sample of an answer, by name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def of(figures: Figures, name: str, **labels: str) -> float:
    """One sample; fails if it isn't there."""
    return figures[name, frozenset(labels.items())]


def fetch(url: str, timeout: float = 10, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of an answer, whatever the status is."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers)


def until(true: Callable[[], object], seconds: float = 20, every: float = 0.2) -> None:
    """Wait for something; fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        time.sleep(every)
