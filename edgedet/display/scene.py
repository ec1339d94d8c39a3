"""What is on the screen: the cameras' newest pictures, each in its place."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from edgedet.display.layout import USUAL, Rect, grid, letterbox
from edgedet.display.memory import FrameMemory
from edgedet.display.messages import Picture
from edgedet.display.outlines import Outline
from edgedet.display.snapshot import save
from edgedet.display.tile import annotate, words
from edgedet.drawing.overlay import caption
from edgedet.types import FrameResult, Image

NOTE_S = 4.0
"""Seconds a note can be read."""


class Canvas(Protocol):
    """What is drawn on: :class:`edgedet.display.window.Window`."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels."""

    def put(self, image: Image, x: int, y: int) -> None:
        """Lay a picture on it, its left upper corner at x and y."""

    def clear(self) -> None:
        """Make it black."""

    def flip(self) -> None:
        """Let everything be seen."""


class Scene:
    """The pictures that are shown, where they stand and what is drawn on them.

    Args:
        outlines: zones and lines of each camera, by its name; the cameras in their order.
        memory: where the pictures' pixels are.
        canvas: where they go.

    Attributes:
        boxes, zones: whether these are drawn.
        shown: the cameras on the screen.
    """

    def __init__(self, outlines: dict[str, tuple[Outline, ...]], memory: FrameMemory, canvas: Canvas) -> None:
        self.boxes = self.zones = True
        self.shown = tuple(outlines)
        self._outlines, self._memory, self._canvas = outlines, memory, canvas
        self._results: dict[str, FrameResult] = {}
        self._private: frozenset[str] = frozenset()
        self._note, self._note_ends = "", 0.0
        self._stale: set[str] = set()
        self._cells: dict[str, Rect] = {}
        self.lay_out()

    def choose(self, number: int | None) -> bool:
        """Show one camera, the first being 0, or all of them (None); False: there is no such camera."""
        names = tuple(self._outlines)
        if number is not None and number >= len(names):
            return False
        self.shown = names if number is None else names[number : number + 1]
        self.lay_out()
        return True

    def lay_out(self) -> None:
        """Give each picture its place anew: the canvas, or what is shown, is another."""
        self._cells = dict(zip(self.shown, grid(len(self.shown), *self._canvas.size, self._aspect()), strict=True))
        self._canvas.clear()
        self._stale = set(self.shown)

    def show(self, pictures: Sequence[Picture]) -> None:
        """Take new pictures."""
        for picture in pictures:
            if picture.result.camera not in self._private:
                self._keep(picture)

    def hide(self, cameras: frozenset[str]) -> None:
        """Let nobody see these cameras' pictures, and all others' again."""
        for name in cameras:
            self._results.pop(name, None)
        self._private = cameras
        self.lay_out()

    def redraw(self, outlines: dict[str, tuple[Outline, ...]]) -> None:
        """Take other zones and lines; of cameras that aren't here: none."""
        self._outlines = {name: outlines.get(name, ()) for name in self._outlines}
        self._stale = set(self.shown)

    def note(self, text: str) -> None:
        """Let something be read for :data:`NOTE_S`, where the pictures' age stands otherwise."""
        self._note, self._note_ends = text, time.monotonic() + NOTE_S
        self._stale = set(self.shown)

    def save(self, folder: Path) -> list[Path]:
        """Keep the pictures that are shown, with what is drawn on them now; where they are.

        Raises:
            OutputError: they can't be written.
        """
        results = [self._results[name] for name in self.shown if name in self._results]
        return [save(result, folder, self._zones(result.camera), self.boxes) for result in results]

    def draw(self, everything: bool = False, state: str = "") -> int:
        """Draw what changed, or everything, and let it be seen; how many pictures that were.

        Args:
            everything: draw what didn't change too.
            state: said in the pictures, before their age.
        """
        names = [name for name in self.shown if everything or name in self._stale]
        self._stale.clear()
        for name in names:
            cell, result = self._cells[name], self._results.get(name)
            if result is None:
                text = f"{name}: {'private' if name in self._private else 'no picture yet'}"
                self._canvas.put(words(text, cell.width, cell.height), cell.x, cell.y)
                continue
            place = letterbox(result.frame.width, result.frame.height, cell)
            text, zones = self._caption(result, state), self._zones(name)
            self._canvas.put(annotate(result, place.width, place.height, zones, self.boxes, text), place.x, place.y)
        if names:
            self._canvas.flip()
        return len(names)

    def _keep(self, picture: Picture) -> None:
        """Copied: the next pictures take its place in the memory, and this one may be drawn again."""
        pixels = self._memory.view(picture.offset, picture.shape).copy()
        result = replace(picture.result, frame=replace(picture.result.frame, image=pixels))
        before = self._results.get(result.camera)
        self._results[result.camera] = result
        self._stale.add(result.camera)
        if before is None or before.frame.image.shape != pixels.shape:
            self.lay_out()  # where it was wider or higher must be black

    def _aspect(self) -> float:
        """Of the first picture that is known."""
        frames = (self._results[name].frame for name in self.shown if name in self._results)
        return next((frame.width / frame.height for frame in frames), USUAL)

    def _zones(self, name: str) -> tuple[Outline, ...]:
        return self._outlines[name] if self.zones else ()

    def _caption(self, result: FrameResult, state: str) -> str:
        name = result.camera if len(self._outlines) > 1 else ""
        note = self._note if time.monotonic() < self._note_ends else ""
        return "  ".join(part for part in (name, state, note or caption(result)) if part)
