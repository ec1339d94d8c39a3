"""Points, polygons and lines of a picture, all as fractions of its width and height (0 to 1, y downwards)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""float64 (N, 2): x and y of each point."""
Point = Sequence[float]
"""x and y."""


def feet(boxes: NDArray[np.float32], width: int, height: int) -> Points:
    """Where objects stand: the middle of the bottom edge of each box.

    Who is cut off by the picture's edge stands in the picture, not beside it.

    Args:
        boxes: (N, 4): x1, y1, x2, y2 in pixels.
        width: of the frame, in pixels.
        height: of the frame, in pixels.
    """
    wide = boxes.astype(np.float64)
    points = np.stack([(wide[:, 0] + wide[:, 2]) / (2 * width), wide[:, 3] / height], axis=1)
    return np.minimum(points, 1 - 1e-6)


def inside(points: Points, polygon: Points) -> NDArray[np.bool_]:
    """Which points lie in a polygon, by the even-odd rule.

    A point on an edge belongs to one side of it, so that polygons sharing an edge never both have it.

    Args:
        points: (N, 2).
        polygon: (K, 2), its corners in order, the last joined to the first.

    Returns:
        (N,).
    """
    x, y = points[:, 0, None], points[:, 1, None]
    x1, y1 = polygon.T
    x2, y2 = np.roll(polygon, -1, axis=0).T
    spans = (y1 > y) != (y2 > y)
    rise = np.where(y2 == y1, 1.0, y2 - y1)  # a level edge spans nothing
    right = x < x1 + (y - y1) * (x2 - x1) / rise
    odd: NDArray[np.bool_] = np.logical_xor.reduce(spans & right, axis=1)
    return odd


def area(polygon: Points) -> float:
    """The area of a polygon that doesn't cross itself, as a fraction of the frame (shoelace formula)."""
    x, y = polygon.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def crossings(start: Point, end: Point, line: Sequence[Point]) -> int:
    """How often a step crosses a line, by direction: +1 for each crossing to the left, -1 for each to the right.

    Left and right are those of somebody who walks along the line from its first to its last point. The ends of steps
    and of the line's pieces count half-open, so that a path through one of them crosses once.

    Args:
        start: where the step begins.
        end: where it ends.
        line: at least two points.
    """
    net = 0
    if tuple(start) > tuple(end):  # there and back, a point straight on the way is on the same side of it
        first, last = end, start
    else:
        first, last = start, end
    for a, b in pairwise(line):
        before, after = _left(a, b, start), _left(a, b, end)
        if before != after and _left(first, last, a) != _left(first, last, b):
            net += 1 if after else -1
    return net


def _left(a: Point, b: Point, p: Point) -> bool:
    """Whether a point is to the left of the way from ``a`` to ``b``, or straight on it."""
    return (b[0] - a[0]) * (p[1] - a[1]) <= (b[1] - a[1]) * (p[0] - a[0])  # y points down


def distance(point: Point, line: Sequence[Point]) -> float:
    """How far a point is from a line of at least two points."""
    return min(_distance(point, a, b) for a, b in pairwise(line))


def _distance(point: Point, a: Point, b: Point) -> float:
    x, y = b[0] - a[0], b[1] - a[1]
    along = ((point[0] - a[0]) * x + (point[1] - a[1]) * y) / max(x * x + y * y, 1e-18)
    t = min(max(along, 0.0), 1.0)
    return math.hypot(a[0] + t * x - point[0], a[1] + t * y - point[1])


def crossed_edges(polygon: Sequence[Point]) -> tuple[int, int] | None:
    """The first two edges of a polygon that meet where they shouldn't, 0-based; None if it doesn't cross itself."""
    count = len(polygon)
    edges = [(polygon[i], polygon[(i + 1) % count]) for i in range(count)]
    for i in range(count):
        for j in range(i + 1, count):
            neighbours = j == i + 1 or (i == 0 and j == count - 1)
            if _overlap(*edges[i], *edges[j]) if neighbours else _meet(*edges[i], *edges[j]):
                return i, j
    return None


def _turn(a: Point, b: Point, c: Point) -> int:
    turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return 0 if abs(turn) < 1e-12 else 1 if turn > 0 else -1


def _between(a: Point, b: Point, c: Point) -> bool:
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two segments have a point in common."""
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] != turns[1] and turns[2] != turns[3]:
        return True
    corners = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn == 0 and _between(*three) for turn, three in zip(turns, corners, strict=True))


def _overlap(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two edges with a common corner fold back over one another, or one of them has no length."""
    if tuple(b) == tuple(c):
        corner, one, other = b, a, d
    else:  # the last edge and the first
        corner, one, other = a, b, c
    if _turn(corner, one, other):
        return False
    dot = (one[0] - corner[0]) * (other[0] - corner[0]) + (one[1] - corner[1]) * (other[1] - corner[1])
    return dot >= 0
