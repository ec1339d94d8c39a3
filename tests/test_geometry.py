"""Points in polygons, steps over lines."""

from __future__ import annotations

import math

import cv2
import numpy as np
from hypothesis import assume, example, given
from hypothesis import strategies as st

from edgedet.geometry import area, crossed_edges, crossings, distance, feet, inside

FRACTION = st.integers(0, 1000).map(lambda n: n / 1000)
POINT = st.tuples(FRACTION, FRACTION)


@st.composite
def stars(draw: st.DrawFn) -> np.ndarray:
    """A polygon around a point, which never crosses itself."""
    count = draw(st.integers(3, 9))
    radii = draw(st.lists(st.floats(0.05, 0.45), min_size=count, max_size=count))
    angles = [2 * math.pi * i / count for i in range(count)]
    return np.array([[0.5 + r * math.cos(a), 0.5 + r * math.sin(a)] for r, a in zip(radii, angles, strict=True)])


@given(stars(), st.lists(POINT, min_size=1, max_size=20))
def test_inside_is_what_opencv_says(polygon: np.ndarray, points: list[tuple[float, float]]) -> None:
    contour = polygon.astype(np.float32)
    signed = [cv2.pointPolygonTest(contour, (np.float32(x), np.float32(y)), True) for x, y in points]
    for is_inside, away in zip(inside(np.array(points), polygon), signed, strict=True):
        assert abs(away) < 1e-5 or is_inside == (away > 0)


@given(stars(), POINT, st.integers(0, 8))
def test_where_a_polygon_begins_or_which_way_it_goes_round_doesnt_matter(
    polygon: np.ndarray, point: tuple[float, float], first: int
) -> None:
    other = np.roll(polygon, first, axis=0)[::-1]
    assert abs(area(polygon) - area(other)) < 1e-12
    if distance(point, [*polygon.tolist(), polygon[0].tolist()]) > 1e-9:
        assert inside(np.array([point]), polygon) == inside(np.array([point]), other)


@given(POINT)
def test_halves_of_the_picture_share_it_out(point: tuple[float, float]) -> None:
    left = np.array([[0, 0], [0.5, 0], [0.5, 1], [0, 1]])
    right = np.array([[0.5, 0], [1, 0], [1, 1], [0.5, 1]])
    here = np.minimum([point], 1 - 1e-6)
    assert inside(here, left)[0] != inside(here, right)[0]


def test_who_is_cut_off_by_the_lower_edge_stands_in_the_zone_that_reaches_it() -> None:
    boxes = np.array([[10, 10, 30, 100], [180, 10, 220, 100]], np.float32)
    whole = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
    points = feet(boxes, 200, 100)
    np.testing.assert_allclose(points, [[0.1, 1], [1, 1]], atol=1e-5)
    assert inside(points, whole).all()


@given(stars())
def test_a_star_doesnt_cross_itself_and_a_twisted_one_does(polygon: np.ndarray) -> None:
    assert crossed_edges(polygon.tolist()) is None
    assume(len(polygon) >= 4)
    square = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
    for i in range(3):
        twisted = [*square]
        twisted[i], twisted[i + 1] = twisted[i + 1], twisted[i]
        assert crossed_edges(twisted) is not None


def test_folds_and_touching_corners_count_as_crossing() -> None:
    assert crossed_edges([[0, 0], [1, 0], [0.5, 0], [0.5, 1]]) is not None, "folds back over itself"
    assert crossed_edges([[0, 0], [1, 0], [0.5, 0.5], [1, 1], [0, 1], [0.5, 0.5]]) is not None, "one corner twice"
    assert crossed_edges([[0, 0], [1, 0], [1, 0], [1, 1]]) is not None, "a side without length"


LINE = [(0.2, 0.5), (0.5, 0.5), (0.8, 0.6)]


def test_left_and_right_are_those_of_who_walks_along_the_line() -> None:
    up, down = (0.4, 0.3), (0.4, 0.8)
    assert crossings(down, up, LINE) == 1, "to the left of who goes from left to right"
    assert crossings(up, down, LINE) == -1
    assert crossings(down, up, LINE[::-1]) == -1
    assert crossings((0.9, 0.9), (0.9, 0.1), LINE) == 0, "beside the line's end"
    assert crossings(down, (0.3, 0.9), LINE) == 0


@given(POINT, POINT, POINT)
def test_going_by_way_of_a_third_point_crosses_as_often(a: tuple, b: tuple, c: tuple) -> None:
    """The net of a closed way over an endless line is nought, even through points on the line itself."""
    endless = [(-10, 0.5), (0.5, 0.5), (10, 0.5)]
    ways = [(a, b), (b, c), (c, a)]
    assert sum(crossings(p, q, endless) for p, q in ways) == 0


@example((0.0, 0.334), (0.5, 0.5))  # onto a corner of the line
@given(POINT, POINT)
def test_there_and_back_cancel_out(a: tuple, b: tuple) -> None:
    assert crossings(a, b, LINE) == -crossings(b, a, LINE)
