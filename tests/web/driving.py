"""The web application around a small control, and browsers that are logged in to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from edgedet.camera import Camera
from edgedet.config.live import LiveConfig
from edgedet.config.web import WebConfig
from edgedet.control import Switch
from edgedet.errors import ConfigError
from edgedet.events.store import Store
from edgedet.monitor import Monitor
from edgedet.pidfile import Answer
from edgedet.settings import Settings, load
from edgedet.types import Detections, Frame, FrameResult
from edgedet.web.accounts import Accounts
from edgedet.web.app import make_app
from edgedet.web.desk import Desk
from edgedet.web.hub import Hub
from tests.drivers import PictureSource, blank

HERE = "http://127.0.0.1:8080"
PASSWORDS = {"admin": "correct horse battery", "viewer": "only here to look"}


class SmallControl:
    """Has what :class:`edgedet.control.Control` has; nothing runs behind it.

    Args:
        settings: those in force.
        results: what :meth:`newest` gives, by camera.
    """

    def __init__(self, settings: Settings, results: Mapping[str, FrameResult] | None = None) -> None:
        self.settings = settings
        self.results = dict(results or {})
        self.turned: list[tuple[Switch, bool, str | None]] = []
        self.reloads = 0
        cameras = [Camera(PictureSource(blank()), name=name) for name in self.cameras]
        self.monitor = Monitor(cameras, [], {}, lambda: {"model": "starter.tflite", "runtime": "LiteRT", "threads": 2})
        self._on: dict[tuple[Switch, str], bool] = {}
        self._watching: list[Callable[[Switch, str, bool], None]] = []

    @property
    def cameras(self) -> tuple[str, ...]:
        return tuple(camera.name for camera in self.settings.config.cameras)

    @property
    def storage(self) -> Path | None:
        return self.settings.config.storage.path

    def report(self) -> dict[str, Any]:
        return small_report(self.cameras)

    def newest(self, camera: str) -> FrameResult | None:
        self._named(camera)
        return self.results.get(camera)

    def has(self, switch: Switch) -> bool:
        return switch != "recording" or self.storage is not None

    def is_on(self, switch: Switch, camera: str) -> bool:
        self._named(camera)
        return self._on.get((switch, camera), switch != "privacy" and self.has(switch))

    def turn(self, switch: Switch, on: bool, camera: str | None = None) -> None:
        if camera is not None:
            self._named(camera)
        if not self.has(switch):
            raise ConfigError("recording: nothing is recorded without a folder for it; set storage.path")
        self.turned.append((switch, on, camera))
        for name in self.cameras if camera is None else (camera,):
            if self.is_on(switch, name) != on:
                self._on[switch, name] = on
                for changed in self._watching:
                    changed(switch, name, on)

    def watch(self, changed: Callable[[Switch, str, bool], None]) -> None:
        self._watching.append(changed)

    def reload(self) -> Answer:
        self.reloads += 1
        if self.settings.file is not None:
            self.settings = self.settings.again()
        return Answer(True, ("nothing has changed",))

    def _named(self, camera: str) -> None:
        if camera not in self.cameras:
            raise ConfigError(f"{camera}: no such camera; there are {', '.join(self.cameras)}")


def small_report(cameras: tuple[str, ...]) -> dict[str, Any]:
    """A report in the form of :meth:`edgedet.monitor.Monitor.report`."""
    steps = ("age", "preprocess", "invoke", "decode", "publish", "end_to_end")
    source = {"uri": "test:", "state": "open", "detail": "", "reconnects": 0}
    each = {
        "source": source,
        "fps": {"capture": 30.0, "detect": 24.5},
        "frames": {"captured": 300, "detected": 245, "looked": 200},
    }
    return {
        "model": "starter.tflite",
        "runtime": "LiteRT",
        "threads": 2,
        "uptime_s": 10.0,
        "source": source,
        "fps": each["fps"] | {"publish": {"live": 24.5}},
        "frames": each["frames"],
        **({"cameras": dict.fromkeys(cameras, each)} if len(cameras) > 1 else {}),
        "objects": {"person": 12},
        "drops": {"live": 1},
        "errors": {"live": 0},
        "latency_ms": {step: {"p50": 5.0, "p95": 8.0, "p99": 9.0} for step in steps},
        "cpu": {"process_percent": 50.0, "system_percent": 20.0},
        "rss_mb": 200.0,
        "temperature_c": 51.2,
        "throttled": [],
    }


def a_result(camera: str = "camera", index: int = 0) -> FrameResult:
    """A grey picture in which nothing was found."""
    frame = Frame(blank(), index, index / 10, index / 10, time.monotonic(), datetime.now(UTC), "test:")
    return FrameResult(frame, Detections.empty(("person", "cat")), fps=24.5, camera=camera)


def make_settings(folder: Path, text: str = "") -> Settings:
    """Settings read from a file with this text; events, none yet, are kept in ``folder/storage``."""
    storage = folder / "storage"
    with Store(storage) as store:
        store.level()  # makes it
    file = folder / "edgedet.toml"
    file.write_text(f'[storage]\npath = "{storage}"\n\n{text}')
    return load({}, {}, file)


def make_desk(control: SmallControl) -> Desk:
    """A desk with a live hub; put results into it with ``desk.hub.publish(a_result())``."""
    hub = Hub(control.settings.config.cameras, LiveConfig())
    control.watch(hub.switched)
    return Desk(control, hub.feeds, hub)  # type: ignore[arg-type]


class Browser(TestClient):
    """Sends what our own page sends: the Origin of the page, and the CSRF token once it is logged in."""

    def __init__(self, app: FastAPI, address: str = HERE) -> None:
        super().__init__(app, base_url=address, raise_server_exceptions=False, follow_redirects=False)
        self.headers["Origin"] = address

    def log_in(self, name: str, password: str) -> None:
        """As the page does it."""
        answer = self.post("/api/session", json={"name": name, "password": password})
        assert answer.status_code == 200, answer.text
        self.headers["X-CSRF-Token"] = answer.json()["csrf"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A camera called ``camera``, events kept in ``tmp_path/storage``; override it for other settings."""
    return make_settings(tmp_path)


@pytest.fixture
def web_config() -> WebConfig:
    """``[web]``; override it for others."""
    return WebConfig(enabled=True)


@pytest.fixture
def control(settings: Settings) -> SmallControl:
    """What may be asked of the camera."""
    return SmallControl(settings)


@pytest.fixture
def desk(control: SmallControl) -> Iterator[Desk]:
    """What every route works with."""
    made = make_desk(control)
    yield made
    made.hub.close()


@pytest.fixture
def accounts(tmp_path: Path, web_config: WebConfig) -> Iterator[Accounts]:
    """Nobody is in them yet."""
    made = Accounts(tmp_path / "state" / "web", web_config)
    yield made
    made.close()


@pytest.fixture
def app(desk: Desk, accounts: Accounts, web_config: WebConfig) -> FastAPI:
    """The whole application."""
    return make_app(desk, accounts, web_config)


@pytest.fixture
def house(app: FastAPI) -> Iterator[Browser]:
    """The application, started: its own tasks run, and all browsers below share its event loop."""
    with Browser(app) as browser:
        yield browser


@pytest.fixture
def client(house: Browser) -> Browser:
    """A browser that isn't logged in."""
    return _another(house)


@pytest.fixture
def viewer(house: Browser, accounts: Accounts) -> Browser:
    """A browser of somebody who may look."""
    return _logged_in(house, accounts, "viewer")


@pytest.fixture
def admin(house: Browser, accounts: Accounts) -> Browser:
    """A browser of somebody who may do everything."""
    return _logged_in(house, accounts, "admin")


def _logged_in(house: Browser, accounts: Accounts, role: str) -> Browser:
    accounts.users.add(role, PASSWORDS[role], role)
    browser = _another(house)
    browser.log_in(role, PASSWORDS[role])
    return browser


def _another(house: Browser) -> Browser:
    browser = Browser(house.app)  # type: ignore[arg-type]
    browser.portal = house.portal
    return browser
