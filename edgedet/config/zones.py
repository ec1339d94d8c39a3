"""Where in the picture something counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from edgedet.config.section import Section, key
from edgedet.geometry import area, crossed_edges

Polygon = list[list[float]]
"""Corners in order, each [x, y] from 0 to 1."""

SMALLEST = 0.0005
"""Of the frame: 180 pixels of 800x450. A smaller polygon is a slip of the pen."""


class ZoneConfig(Section):
    """A part of the picture, by what stands in it: the middle of the bottom edge of an object's box."""

    polygon: Polygon = key([], "its corners, each [x, y] from 0 (left, top) to 1 (right, bottom)")
    exclude: bool = key(False, "ignore the objects standing in it")
    labels: list[str] = key([], "the labels it is for; none: all")

    @model_validator(mode="after")
    def _drawn_well(self) -> Self:
        check_polygon("polygon", self.polygon)
        return self


class LineConfig(Section):
    """A line across the picture, crossed by what stands first on one side of it and then on the other."""

    points: Polygon = key([], "its points, each [x, y] from 0 to 1, two or more")
    direction: Literal["both", "left", "right"] = key(
        "both", "crossings that count: towards the left or right of who walks from its first point to its last"
    )

    @model_validator(mode="after")
    def _drawn_well(self) -> Self:
        check_points("points", self.points, 2)
        if any(a == b for a, b in zip(self.points, self.points[1:], strict=False)):
            raise ValueError("points: the same one stands twice in a row; take one out")
        return self


def check_points(name: str, points: Sequence[Sequence[float]], fewest: int) -> None:
    """Raise ValueError, with one line that begins with ``name``, unless there are enough points within the picture."""
    for number, point in enumerate(points, 1):
        if len(point) != 2:
            raise ValueError(f"{name}: point {number} has {len(point)} numbers; write it as [x, y]")
        if not all(0 <= value <= 1 for value in point):
            x, y = point
            raise ValueError(
                f"{name}: point {number} [{x:g}, {y:g}] lies outside the picture; "
                "x and y are fractions of its width and height, from 0 to 1"
            )
    if len(points) < fewest:
        few = {0: "no points", 1: "1 point"}.get(len(points), f"{len(points)} points")
        raise ValueError(f"{name}: {few}, but it takes at least {fewest}; add some, each as [x, y]")


def check_polygon(name: str, polygon: Sequence[Sequence[float]]) -> None:
    """Raise ValueError, with one line that begins with ``name``, unless a polygon is simple and large enough."""
    check_points(name, polygon, 3)
    if crossed := crossed_edges(polygon):
        count = len(polygon)
        one, other = (f"{edge + 1} to {(edge + 1) % count + 1}" for edge in crossed)
        raise ValueError(
            f"{name}: it crosses itself, the side from point {one} meets the one from {other}; "
            "list the corners in the order of walking round it"
        )
    size = area(np.array(polygon, np.float64))
    if size < SMALLEST:
        raise ValueError(
            f"{name}: it covers {size:.3%} of the picture, nothing could stand in it; make it {SMALLEST:.2%} or more"
        )
