"""What the service is built from: a real Control over drivers with the interfaces of application and camera."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np

from edgedet.camera import Camera
from edgedet.config.mqtt import MqttConfig
from edgedet.control import Control
from edgedet.event import Event, Phase
from edgedet.events.change import Change
from edgedet.mqtt.service import MqttService
from edgedet.outbox import Outbox
from edgedet.pidfile import Answer
from edgedet.privacy.switch import PrivacySwitch
from edgedet.settings import Settings, load
from edgedet.types import Detections, Frame, FrameResult
from tests.mqtt.mosquitto import PASSWORD, USER, Mosquitto

SETTINGS = """
[zones.lawn]
polygon = [[0, 0.5], [1, 0.5], [1, 1], [0, 1]]
[rules.cat]
zones = ["lawn"]
[rules.fox-at-night]
label = "dog"
"""
LABELS = ("person", "cat", "dog")
BORN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@dataclass
class Eye:
    """A camera's switch."""

    detecting: bool = True
    looked: int = 0

    def look_for_privacy(self) -> None:
        self.looked += 1


@dataclass
class Recording:
    on: bool = True


@dataclass
class Rooms:
    """Application and settings."""

    settings: Settings
    results: dict[str, FrameResult] = field(default_factory=dict)
    state: str = "open"
    reloads: int = 0

    def report(self) -> dict[str, Any]:
        return {
            "source": {"uri": "demo", "state": self.state, "detail": "", "reconnects": 0},
            "fps": {"capture": 30.0, "detect": 9.5},
            "cpu": {"process_percent": 40.0, "system_percent": 25.0},
            "rss_mb": 180.0,
            "temperature_c": 48.5,
            "throttled": None,
        }

    def newest(self, camera: str) -> FrameResult | None:
        return self.results.get(camera)

    def take_over(self) -> Answer:
        self.reloads += 1
        assert self.settings.file is not None
        self.settings = load({}, {}, self.settings.file)
        return Answer(True, ("rules.cat changed",))


class House:
    """A service and what it stands on."""

    def __init__(self, folder: Path, broker: Mosquitto, **settings: Any) -> None:
        self.file = folder / "edgedet.toml"
        self.file.write_text(SETTINGS)
        self.password = folder / "password"
        self.password.write_text(f"{PASSWORD}\n")
        self.password.chmod(0o600)
        given: dict[str, Any] = {
            "host": "127.0.0.1", "port": broker.port, "user": USER, "password_file": self.password,
            "client_id": "porch", "detections_every": 0.1, "health_every": 1.0,
        }  # fmt: skip
        if broker.tls:
            given |= {"tls": True, "ca_file": broker.folder / "ca.pem"}
        self.config = MqttConfig(**given | settings)
        self.rooms = Rooms(load({}, {}, self.file))
        self.eye, self.recording = Eye(), Recording()
        self.control = Control(
            cast(Any, self.rooms),  # nobody asks for its monitor here
            {"camera": cast(Camera, self.eye)},
            {"camera": self.recording},
            PrivacySwitch(folder / "state"),
            self.rooms,
        )
        self.outbox = Outbox(folder / "outbox.db")
        self.service = MqttService(self.config, self.control, self.outbox)
        self._thread = threading.Thread(target=self.service.run, daemon=True)

    def start(self) -> None:
        self.service.open()
        self._thread.start()

    def stop(self) -> None:
        self.service.close()
        if self._thread.ident is not None:
            self._thread.join(5)
            assert not self._thread.is_alive()
        self.outbox.close()

    def see(self, *objects: tuple[str, tuple[float, float, float, float]]) -> FrameResult:
        seen = replace(result(*objects))
        self.rooms.results["camera"] = seen
        self.service.publisher.publish(seen)
        return seen


@contextmanager
def house(folder: Path, broker: Mosquitto, **settings: Any) -> Iterator[House]:
    built = House(folder, broker, **settings)
    try:
        built.start()
        yield built
    finally:
        built.stop()


def frame(value: int = 90) -> Frame:
    return Frame(np.full((120, 160, 3), value, np.uint8), 0, 0.0, 0.0, 0.0, datetime.now(UTC), "demo")


def found(*objects: tuple[str, tuple[float, float, float, float]]) -> Detections:
    """Labels and boxes as fractions of the frame."""
    boxes = np.array([box for _, box in objects], np.float32).reshape(-1, 4) * np.array(
        [160, 120, 160, 120], np.float32
    )
    ids = np.array([LABELS.index(label) for label, _ in objects], np.int32)
    return Detections(boxes, np.full(len(objects), 0.8, np.float32), ids, LABELS)


def result(*objects: tuple[str, tuple[float, float, float, float]]) -> FrameResult:
    return FrameResult(frame(), found(*objects), fps=9.5, camera="camera")


def event(number: int, phase: Phase = "start", rule: str = "cat") -> Event:
    started = BORN + timedelta(seconds=number)
    return Event(
        id=f"{started:%Y%m%d-%H%M%S}.000-camera-{number:04x}", camera="camera", label="cat", rule=rule, phase=phase,
        started=started, ended=started if phase == "end" else None, begin=float(number), end=number + 0.5,
        best_score=0.9, best_box=(0.1, 0.2, 0.3, 0.4), best_at=float(number), track_id=number, zones=("lawn",),
    )  # fmt: skip


def change(number: int, phase: Phase = "start", picture: Frame | None = None) -> Change:
    return Change(event(number, phase), picture, found() if picture is not None else None)
