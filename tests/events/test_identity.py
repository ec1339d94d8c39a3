"""Ids: sortable, unique, whatever the clock does."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from edgedet.events.identity import Ids

WALLS = st.lists(
    st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(lambda time: time.replace(tzinfo=UTC)), max_size=50
)


@given(WALLS)
def test_they_never_go_back_nor_come_twice_though_the_clock_does(walls: list[datetime]) -> None:
    ids = Ids("front-door_2")
    made = [ids.new(wall) for wall in walls]
    stems = [each.rpartition("-")[0] for each in made]
    assert stems == sorted(stems)
    assert len(set(stems)) == len(stems)
    assert all(re.fullmatch(r"\d{8}-\d{6}\.\d{3}-front-door_2-[0-9a-f]{4}", each) for each in made)


def test_a_restart_at_the_same_millisecond_makes_others() -> None:
    wall = datetime(2026, 11, 21, 10, 44, 55, 123456, UTC)
    made = {Ids("front").new(wall) for _ in range(20)}
    assert len(made) > 15
    assert {each[:19] for each in made} == {"20261121-104455.123"}
