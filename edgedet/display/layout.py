"""Where the pictures of several cameras go in one window."""

from __future__ import annotations

import math
from typing import NamedTuple

USUAL = 16 / 9
"""Width by height, of a picture that isn't known yet."""


class Rect(NamedTuple):
    """A part of the window, in pixels: its left upper corner and its size."""

    x: int
    y: int
    width: int
    height: int


def grid(count: int, width: int, height: int, aspect: float = USUAL) -> list[Rect]:
    """Split a window into equal cells, row by row, with as many columns as make the pictures largest.

    >>> grid(2, 1280, 360)
    [Rect(x=0, y=0, width=640, height=360), Rect(x=640, y=0, width=640, height=360)]

    Args:
        count: how many cells, 1 or more.
        width, height: of the window, in pixels.
        aspect: of the pictures, width by height.
    """

    def size(columns: int) -> float:
        return min(width / columns, height / math.ceil(count / columns) * aspect)

    columns = max(range(1, count + 1), key=lambda each: (size(each), each))
    rows = math.ceil(count / columns)
    across = [width * i // columns for i in range(columns + 1)]
    down = [height * i // rows for i in range(rows + 1)]
    cells = []
    for i in range(count):
        row, column = divmod(i, columns)
        x, y = across[column], down[row]
        cells.append(Rect(x, y, across[column + 1] - x, down[row + 1] - y))
    return cells


def letterbox(width: int, height: int, cell: Rect) -> Rect:
    """The largest place for a picture in the middle of a cell that keeps its aspect: bars on two sides stay free.

    >>> letterbox(640, 480, Rect(0, 0, 1280, 720))
    Rect(x=160, y=0, width=960, height=720)
    """
    scale = min(cell.width / width, cell.height / height)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    return Rect(cell.x + (cell.width - wide) // 2, cell.y + (cell.height - high) // 2, wide, high)
