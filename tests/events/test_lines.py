"""Who crosses a line, and which way."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edgedet.config import LineConfig
from edgedet.events.lines import Lines, Walk

DOOR = LineConfig(points=[[0.1, 0.5], [0.9, 0.5]])


def crossed(line: LineConfig, ys: list[float], height: float = 0.2) -> list[str]:
    walk, lines = Walk(), Lines({"door": line})
    return [each for y in ys for each in walk.step((0.5, y), height, lines)]


def test_direction() -> None:
    assert crossed(DOOR, [0.8, 0.6, 0.45, 0.2]) == ["door:left"]
    assert crossed(DOOR, [0.2, 0.45, 0.6, 0.8]) == ["door:right"]
    assert crossed(DOOR, [0.8, 0.2, 0.8]) == ["door:left", "door:right"]
    assert crossed(DOOR.model_copy(update={"direction": "right"}), [0.8, 0.2, 0.8]) == ["door:right"]


@given(st.lists(st.floats(-0.0095, 0.0095), max_size=40))
def test_a_box_that_jitters_on_the_line_crosses_it_once_it_is_clear_of_it(jitter: list[float]) -> None:
    on_it = [0.5 + each for each in jitter]
    assert crossed(DOOR, [0.8, *on_it]) == []
    assert crossed(DOOR, [0.8, *on_it, 0.8]) == []
    assert crossed(DOOR, [0.8, *on_it, 0.2]) == ["door:left"]


@given(st.lists(st.floats(0.05, 0.95), min_size=2, max_size=30))
def test_crossings_alternate_and_end_on_the_side_where_one_is(ys: list[float]) -> None:
    ways = crossed(DOOR, [*ys, 0.9])
    assert all(one != other for one, other in pairwise(ways))
    if ys[0] > 0.52:
        assert len(ways) % 2 == 0, "back below it, where it came from"


def test_a_large_box_needs_more_room() -> None:
    assert crossed(DOOR, [0.8, 0.48], height=0.2) == ["door:left"]
    assert crossed(DOOR, [0.8, 0.48], height=0.8) == []
