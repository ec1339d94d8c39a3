"""A budget as a picture: what a frame costs from left to right, what is within what from top to bottom."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import cv2
import numpy as np

from edgedet.bench.budget import Budget
from edgedet.disk import disk_error
from edgedet.drawing.lettering import measure, write
from edgedet.drawing.palette import BLACK, Colour, colour_of, ink_on
from edgedet.errors import OutputError
from edgedet.types import Image

WIDTH, ROW, MARGIN, SIZE = 1200, 30, 10, 13
"""Pixels: of the picture, of a row, around it all, of the letters."""

GREY: Colour = (190, 190, 190)


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a frame's cost.

    Attributes:
        name: what it is.
        left: milliseconds on the processor of what stands before it.
        cpu_ms: its own, with what is within it.
        depth: 0: a thread; 1: a step; 2: a step within that.
    """

    name: str
    left: float
    cpu_ms: float
    depth: int

    @property
    def title(self) -> str:
        """Its name and cost."""
        return f"{self.name} {self.cpu_ms:.2f} ms"

    @property
    def colour(self) -> Colour:
        """The same for the same name in every picture."""
        return colour_of(self.name) if self.depth else GREY


def write_budget(path: Path, budget: Budget) -> None:
    """Draw a budget into a file, whole or not at all; one that is there is replaced.

    Args:
        path: ``.svg`` or ``.png``.
        budget: what is drawn.

    Raises:
        OutputError: it can't be written.
    """
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        half.write_bytes(_as_svg(budget).encode() if path.suffix.lower() == ".svg" else _as_png(budget))
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise disk_error(path, error) from None


def check_kind(path: Path) -> None:
    """Refuse a name before anything is measured for it: raise OutputError unless it is an SVG's or PNG's."""
    if path.suffix.lower() not in (".svg", ".png"):
        raise OutputError(f"{path}: can't tell what kind of picture; let it end in .svg or .png")


def boxes(budget: Budget) -> Iterator[Box]:
    """Every thread and step, with what is within it, side by side; last what no step explains."""
    paths: dict[tuple[str, ...], float] = {}
    for step in budget.steps:
        for depth in range(1, len(step.path) + 1):
            outer = step.path[:depth]
            paths[outer] = paths.get(outer, 0.0) + step.cpu_ms
    filled: dict[tuple[str, ...], float] = {(): 0.0}
    for path, cpu_ms in paths.items():
        left = filled[path[:-1]]
        yield Box(path[-1], left, cpu_ms, len(path) - 1)
        filled[path[:-1]] = left + cpu_ms
        filled[path] = left
    if budget.unexplained_ms > 0:
        yield Box("not explained", filled[()], budget.unexplained_ms, 0)


def _place(box: Box, budget: Budget) -> tuple[float, float, float]:
    """Left, top and width in pixels."""
    scale = (WIDTH - 2 * MARGIN) / budget.cpu_ms
    return MARGIN + box.left * scale, MARGIN + ROW * (1 + box.depth), box.cpu_ms * scale


def _title(budget: Budget) -> str:
    return f"One frame: {budget.cpu_ms:.2f} ms on the processor, one every {budget.interval_ms:.2f} ms"


def _height(all_of_them: list[Box]) -> int:
    return 2 * MARGIN + ROW * (2 + max(box.depth for box in all_of_them))


def _fitting(text: str, width: float) -> str:
    """As much of a text as fits, or nothing."""
    while text and measure(text, SIZE)[0] + 6 > width:
        text = text[:-1]
    return text if len(text) > 1 else ""


def _as_svg(budget: Budget) -> str:
    drawn = list(boxes(budget))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{_height(drawn)}" '
        f'font-family="sans-serif" font-size="{SIZE}">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{MARGIN}" y="{MARGIN + ROW * 0.6:.0f}">{escape(_title(budget))}</text>',
    ]
    for box in drawn:
        left, top, width = _place(box, budget)
        share = f"{box.cpu_ms / budget.cpu_ms:.1%} of the frame"
        lines.append(
            f"<g><title>{escape(f'{box.title}, {share}')}</title>"
            f'<rect x="{left:.2f}" y="{top}" width="{max(width, 0.5):.2f}" height="{ROW - 2}" '
            f'fill="{_hex(box.colour)}"/>'
            f'<text x="{left + 3:.2f}" y="{top + ROW * 0.6:.0f}" fill="{_hex(ink_on(box.colour))}">'
            f"{escape(_fitting(box.title, width))}</text></g>"
        )
    return "\n".join([*lines, "</svg>\n"])


def _as_png(budget: Budget) -> bytes:
    drawn = list(boxes(budget))
    canvas: Image = np.full((_height(drawn), WIDTH, 3), 255, np.uint8)
    write(canvas, _title(budget), MARGIN, MARGIN + round(ROW * 0.6), SIZE, BLACK)
    for box in drawn:
        left, top, width = _place(box, budget)
        x, y = round(left), round(top)
        right = max(x, round(left + width) - 1)
        cv2.rectangle(canvas, (x, y), (right, y + ROW - 3), box.colour, cv2.FILLED)
        if text := _fitting(box.title, width):
            write(canvas, text, x + 3, y + round(ROW * 0.6), SIZE, ink_on(box.colour))
    return cv2.imencode(".png", canvas)[1].tobytes()


def _hex(colour: Colour) -> str:
    blue, green, red = colour
    return f"#{red:02x}{green:02x}{blue:02x}"
