"""A screen without glass (Xvfb), a display on it, and somebody at its keyboard (xdotool)."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgedet.config import CameraConfig, Config
from edgedet.config.display import DisplayConfig
from edgedet.display.service import Display
from edgedet.errors import EdgedetError
from edgedet.settings import Settings
from edgedet.types import Detections, Frame, FrameResult, Image

SIZE = (800, 500)
WINDOW = (720, 450)
"""The window's, which is smaller than the screen."""


@dataclass
class Desk:
    """An X server of our own."""

    process: subprocess.Popen[str]
    name: str

    def see(self) -> Image:
        """A screenshot, BGR."""
        command = ["import", "-silent", "-window", "root", "-depth", "8", "png:-"]
        data = subprocess.run(command, env=self.environ(), capture_output=True, check=True, timeout=20).stdout
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)

    def window(self) -> Image:
        """What the window shows."""
        x, y, width, height = self.place()
        return self.see()[y : y + height, x : x + width]

    def place(self) -> tuple[int, int, int, int]:
        """Of the window: its left upper corner and its size."""
        text = self._do("getwindowgeometry", "--shell", self.number())
        found = dict(re.findall(r"(\w+)=(\d+)", text))
        return int(found["X"]), int(found["Y"]), int(found["WIDTH"]), int(found["HEIGHT"])

    def press(self, *keys: str) -> None:
        self._do("windowfocus", "--sync", self.number(), "key", "--delay", "50", *keys)

    def resize(self, width: int, height: int) -> None:
        self._do("windowsize", "--sync", self.number(), str(width), str(height))

    def show(self, number: str, on: bool) -> None:
        """Take a window off the screen, or bring it back."""
        self._do("windowmap" if on else "windowunmap", number)

    def number(self) -> str:
        return self._do("search", "--sync", "--onlyvisible", "--class", "^edgedet$").split()[0]

    def environ(self) -> dict[str, str]:
        return os.environ | {"DISPLAY": self.name}

    def _do(self, *words: str) -> str:
        command = ["xdotool", *words]
        return subprocess.run(
            command, env=self.environ(), capture_output=True, text=True, check=True, timeout=20
        ).stdout


@contextlib.contextmanager
def desk(size: tuple[int, int] = SIZE) -> Iterator[Desk]:
    """An X server on a free number, without a window manager; the test is skipped where there is none."""
    for program in ("Xvfb", "xdotool", "import"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}: apt install xvfb xdotool imagemagick")
    if find_spec("pygame") is None:
        pytest.skip("needs pygame-ce: pip install edgedet[display]")
    ours, theirs = os.pipe()
    command = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", f"{size[0]}x{size[1]}x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=(theirs,), stderr=subprocess.DEVNULL, text=True)
    os.close(theirs)
    with os.fdopen(ours) as said:
        name = f":{said.readline().strip()}"
    try:
        yield Desk(process, name)
    finally:
        process.kill()
        process.wait()


@dataclass
class Cameras:
    """Of :class:`edgedet.control.Control`, what a display asks."""

    config: Config = field(default_factory=Config)
    storage: Path | None = None
    private: set[str] = field(default_factory=set)

    @property
    def cameras(self) -> tuple[str, ...]:
        return tuple(camera.name for camera in self.config.cameras)

    @property
    def settings(self) -> Settings:
        return Settings(self.config, {}, None)

    def is_on(self, switch: str, camera: str) -> bool:
        assert switch == "privacy"
        return camera in self.private


class Shown:
    """A display with its thread."""

    def __init__(self, control: Cameras) -> None:
        self.stopped = threading.Event()
        self.error: EdgedetError | None = None
        self.display = Display(control.config, control, self.stopped.set)  # type: ignore[arg-type]
        self.display.open()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.display.run()
        except EdgedetError as error:
            self.error = error

    def put(self, *results: FrameResult) -> None:
        for result in results:
            self.display.publisher.publish(result)

    def pid(self) -> int:
        """Of the drawing process."""
        drawer = self.display._drawer
        assert drawer is not None
        return drawer._process.pid


@contextlib.contextmanager
def shown(
    monkeypatch: pytest.MonkeyPatch,
    where: Desk,
    *cameras: CameraConfig,
    control: Cameras | None = None,
    **config: object,
) -> Iterator[Shown]:
    """A display on a desk."""
    monkeypatch.setenv("DISPLAY", where.name)
    for name in ("SDL_VIDEODRIVER", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    control = control or Cameras()
    shown_how = DisplayConfig(**config)  # type: ignore[arg-type]
    control.config = Config(camera=cameras or (CameraConfig(name="front"),), display=shown_how)
    each = Shown(control)
    try:
        yield each
    finally:
        each.display.close()
        each.thread.join(5)
        assert not each.thread.is_alive()


def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to become so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(subprocess.CalledProcessError):  # a window that is just made anew
            if is_so():
                return
        time.sleep(0.1)
    raise AssertionError("it never became so")


def scenery(width: int = 640, height: int = 400, shift: int = 0) -> Image:
    """A picture in which every place looks different."""
    y, x = np.mgrid[0:height, 0:width]
    return np.dstack([(x * 255 / width), (y * 255 / height), (x + y + shift) % 200 + 20]).astype(np.uint8)


def result(image: Image, camera: str = "front", labels: tuple[str, ...] = ("person", "dog")) -> FrameResult:
    """With two objects in it."""
    height, width = image.shape[:2]
    boxes = np.array([[0.1, 0.2, 0.4, 0.8], [0.5, 0.3, 0.9, 0.6]]) * (width, height, width, height)
    found = Detections(boxes.astype(np.float32), np.array([0.9, 0.6], np.float32), np.array([0, 1], np.int32), labels)
    frame = Frame(image, 0, 0.0, 0.0, time.monotonic(), datetime.now(UTC), "test:")
    return FrameResult(frame, found, camera=camera)
