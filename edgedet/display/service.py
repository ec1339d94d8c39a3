"""Hands the newest pictures to the process that draws, and does what its keys ask for."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from edgedet.config import Config
from edgedet.control import Control
from edgedet.display.drawer import Drawer
from edgedet.display.messages import (
    Begin,
    FromScreen,
    NotSaved,
    Picture,
    Private,
    Quit,
    Ready,
    Redrawn,
    Saved,
    Show,
    View,
)
from edgedet.display.outlines import outlines_of
from edgedet.display.publisher import DisplayPublisher
from edgedet.errors import OutputError
from edgedet.types import FrameResult

log = logging.getLogger(__name__)

KEYS = "q quit, space pause, s snapshot, b boxes, z zones, 1-9 one camera, 0 all, f full screen"
_LOOK_EVERY = 0.5
"""Seconds between two looks at the cameras' privacy switches, and at the settings."""
_NO_PIXELS = np.zeros((0, 0, 3), np.uint8)


class Display:
    """The live picture on the attached screen; a service.

    Drawing is a process of its own: a desktop that ends, or a video driver that crashes, takes only that along.

    Args:
        config: how it is shown, and what.
        control: asked for privacy, for zones that were changed, and where snapshots go.
        stop: called when somebody pressed q, or closed the window.

    Attributes:
        publisher: takes the results; a publisher.
    """

    name = "display"

    def __init__(self, config: Config, control: Control, stop: Callable[[], None]) -> None:
        self.publisher = DisplayPublisher(self._put)
        self._config, self._control, self._stop = config, control, stop
        self._lock = threading.Lock()
        self._drawer: Drawer | None = None
        self._newest: dict[str, FrameResult] = {}
        self._wanted: set[str] = set()
        self._new: set[str] = set()
        self._private: frozenset[str] = frozenset()
        self._ready = False
        self._closing = threading.Event()
        self._drawn = self._skipped = 0

    def open(self) -> None:
        """Open the window.

        Raises:
            OutputError: there is no screen.
        """
        self._ready, self._private = False, frozenset()
        storage, how = self._control.storage, self._config.display
        folder = Path() if storage is None else storage / "snapshots"
        self._drawer = drawer = Drawer()
        try:
            on = drawer.begin(Begin(outlines_of(self._config), how.full_screen, how.fps, folder))
        except OutputError:
            self._forget(drawer)
            if not self._closing.is_set():
                raise
        else:
            log.info("display: %s, %dx%d; keys: %s", on.driver, on.width, on.height, KEYS)

    def run(self) -> None:
        """Until :meth:`close`.

        Raises:
            OutputError: the screen went away.
        """
        drawer, looked = self._drawer, 0.0
        if drawer is None:  # closed as it was opened
            return
        try:
            while True:
                message = drawer.receive(_LOOK_EVERY)
                if message is not None:
                    self._do(message)
                if isinstance(message, Quit):  # its window closes now; the rest of the program soon
                    self._closing.wait()
                    return
                if time.monotonic() - looked >= _LOOK_EVERY:
                    self._look_for_privacy()
                    self._look_for_zones(drawer)
                    looked = time.monotonic()
        except EOFError:
            if not self._closing.is_set():
                raise OutputError(_lost(drawer.end())) from None
        finally:
            self._forget(drawer)

    def close(self) -> None:
        """Close the window, for good."""
        self._closing.set()
        drawer = self._drawer
        if drawer is not None:
            drawer.end()

    def report(self) -> dict[str, Any]:
        """``driver`` (None: there is no window), how many pictures were ``drawn`` and how many ``skipped``."""
        drawer = self._drawer
        on = None if drawer is None else drawer.opened
        return {"driver": None if on is None else on.driver, "drawn": self._drawn, "skipped": self._skipped}

    def _do(self, message: FromScreen) -> None:
        match message:
            case Ready(drawn):
                with self._lock:
                    self._ready, self._drawn = True, drawn
                    self._hand_over()
            case View(cameras):
                with self._lock:
                    self._wanted = set(cameras)
                    self._new |= self._wanted & self._newest.keys()
                    self._hand_over()
            case Saved(path):
                log.info("display: saved %s", path)
            case NotSaved(text):
                log.error("%s", text)
            case Quit():
                log.info("display: asked to end")
                self._stop()

    def _put(self, result: FrameResult) -> None:
        with self._lock:
            if self._drawer is not None:
                self._skipped += result.camera in self._new & self._wanted
                self._newest[result.camera] = result
                self._new.add(result.camera)
                self._hand_over()

    def _hand_over(self) -> None:
        """Give the drawing process what is new, if it is ready for it; the lock is held."""
        names = self._new & self._wanted - self._private
        if self._drawer is None or not self._ready or not names:
            return
        results = [self._newest[name] for name in sorted(names)]
        offsets = self._drawer.memory.write([result.frame.image for result in results])
        pictures = tuple(
            Picture(_without_pixels(result), result.frame.image.shape, offset)
            for result, offset in zip(results, offsets, strict=True)
        )
        self._ready = False
        self._new -= names
        self._drawer.send(Show(pictures))

    def _look_for_privacy(self) -> None:
        private = frozenset(name for name in self._control.cameras if self._control.is_on("privacy", name))
        if private == self._private or self._drawer is None:
            return
        with self._lock:
            self._private = private
            for name in private:
                self._newest.pop(name, None)
            self._new -= private
            self._drawer.send(Private(private))

    def _look_for_zones(self, drawer: Drawer) -> None:
        config = self._control.settings.config
        if config is not self._config:
            self._config = config
            drawer.send(Redrawn(outlines_of(config)))

    def _forget(self, drawer: Drawer) -> None:
        drawer.end()
        with self._lock:
            self._drawer = None
            self._newest.clear()
            self._new.clear()
            drawer.close()


def _without_pixels(result: FrameResult) -> FrameResult:
    return replace(result, frame=replace(result.frame, image=_NO_PIXELS), events=(), stage_s={})


def _lost(code: int) -> str:
    how = f"signal {-code}" if code < 0 else f"code {code}"
    return f"the window: gone with the desktop or X server, or its driver failed ({how}); detection goes on without it"
