"""What the drawing process does: shows pictures as they come, and what the keys say."""

from __future__ import annotations

import time
from multiprocessing.connection import Connection

from edgedet.display.memory import FrameMemory
from edgedet.display.messages import (
    Begin,
    FromScreen,
    NotSaved,
    Opened,
    Private,
    Quit,
    Ready,
    Redrawn,
    Saved,
    Show,
    ToScreen,
    View,
)
from edgedet.display.scene import Scene
from edgedet.display.window import Window
from edgedet.errors import OutputError

EVENTS_EVERY = 0.05
"""Seconds a key waits for an answer, at most."""
_STALE = 1.0
"""Seconds after which a picture's age, which is written in it, is written anew."""

_ALL = "0"
_ONE = "123456789"


class Screen:
    """Shows pictures as they come and does what the keys say.

    Args:
        pipe: to the program.
        memory: where it puts the pictures.
        begin: what is to be shown.

    Raises:
        NoScreen: there is no screen.
    """

    def __init__(self, pipe: Connection[FromScreen, ToScreen], memory: FrameMemory, begin: Begin) -> None:
        self._pipe = pipe
        self._window = Window(begin.full_screen)
        self._scene = Scene(begin.outlines, memory, self._window)
        self._period = 1 / begin.fps
        self._snapshots, self._drawn = begin.snapshots, 0
        self._held: Show | None = None
        self._paused = self._asked = self._over = False
        self._next = self._redraw = 0.0
        pipe.send(Opened(self._window.driver, *self._window.size))
        pipe.send(View(self._scene.shown))

    def run(self) -> None:
        """Until a key ends it, or the program does.

        Raises:
            ScreenLost: the desktop ended.
        """
        while not self._over:
            now, hidden = time.monotonic(), self._window.hidden
            content = self._asked or self._paused or hidden
            if now >= self._next and not content:
                self._next = max(self._next + self._period, now)  # a late picture doesn't make the next one late
                self._asked = content = True
                self._pipe.send(Ready(self._drawn))
            if self._pipe.poll(EVENTS_EVERY if content else min(EVENTS_EVERY, self._next - now)):
                self._take(self._pipe.recv())
            self._look_at_keys()
            if time.monotonic() >= self._redraw and not hidden:
                self._draw(everything=True)
        self._window.close()

    def _take(self, message: ToScreen) -> None:
        match message:
            case Show(pictures) if not self._paused:
                self._scene.show(pictures)
                self._asked = False
            case Show():  # asked for before the pause
                self._held = message
            case Private(cameras):
                self._scene.hide(cameras)
            case Redrawn(outlines):
                self._scene.redraw(outlines)
        self._draw()

    def _draw(self, everything: bool = False) -> None:
        self._drawn += self._scene.draw(everything, "paused" if self._paused else "")
        if everything:
            self._redraw = time.monotonic() + _STALE

    def _look_at_keys(self) -> None:
        typed, changed = self._window.typed()
        for key in typed:
            self._press(key)
        if changed:
            self._scene.lay_out()
        if typed or changed:
            self._draw(everything=True)

    def _press(self, key: str) -> None:
        scene = self._scene
        match key:
            case "q" | "\x03":  # Ctrl-C: SDL takes a console's keyboard for itself
                self._pipe.send(Quit())
                self._over = True
            case " ":
                self._pause(not self._paused)
            case "s":
                self._save()
            case "b":
                scene.boxes = not scene.boxes
            case "z":
                scene.zones = not scene.zones
            case "f" | "\x1b":
                self._window.turn_full_screen(None if key == "f" else False)
                scene.lay_out()
            case _ if key == _ALL or key in _ONE:
                if scene.choose(None if key == _ALL else _ONE.index(key)):
                    self._pipe.send(View(scene.shown))

    def _pause(self, on: bool) -> None:
        self._paused = on
        held, self._held = self._held, None
        if held is not None:
            self._take(held)

    def _save(self) -> None:
        try:
            paths = self._scene.save(self._snapshots)
        except OutputError as error:
            self._pipe.send(NotSaved(str(error)))
            self._scene.note(str(error))
            return
        for path in paths:
            self._pipe.send(Saved(path))
        self._scene.note("  ".join(f"saved {path.name}" for path in paths))
