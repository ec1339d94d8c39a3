from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.display.layout import Rect, grid, letterbox

sides = st.integers(8, 4000)


@given(st.integers(1, 12), sides, sides)
def test_cells_cover_the_window_without_overlap(count: int, width: int, height: int) -> None:
    cells = grid(count, width, height)
    assert len(cells) == count
    for cell in cells:
        assert 0 <= cell.x <= cell.x + cell.width <= width
        assert 0 <= cell.y <= cell.y + cell.height <= height
    for i, one in enumerate(cells):
        for other in cells[i + 1 :]:
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y


@pytest.mark.parametrize(
    ("count", "size", "columns"),
    [(1, (1280, 720), 1), (2, (1280, 720), 2), (2, (600, 1000), 1), (4, (1280, 720), 2), (6, (1280, 720), 3)],
)
def test_the_grid_that_makes_pictures_largest(count: int, size: tuple[int, int], columns: int) -> None:
    assert len({cell.x for cell in grid(count, *size)}) == columns


def test_upright_pictures_stand_side_by_side() -> None:
    assert len({cell.x for cell in grid(3, 1280, 720, aspect=9 / 16)}) == 3


@given(st.integers(16, 4000), st.integers(16, 4000), st.integers(200, 4000), st.integers(200, 4000))
def test_a_picture_keeps_its_aspect_and_touches_two_edges(width: int, height: int, across: int, down: int) -> None:
    cell = Rect(7, 9, across, down)
    place = letterbox(width, height, cell)
    assert place.width == cell.width or place.height == cell.height
    assert place.width <= cell.width
    assert place.height <= cell.height
    assert abs(place.width - place.height * width / height) <= max(1.0, width / height)
    assert abs((place.x - cell.x) * 2 + place.width - cell.width) <= 1
    assert abs((place.y - cell.y) * 2 + place.height - cell.height) <= 1
