"""The control law, for any temperature and any board."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edgedet.governor.law import MOST_AT_ONCE, MOST_PATIENCE, PATIENCE, Seen, State, decide
from edgedet.governor.trend import Trend

LIMIT, DWELL = 75.0, 10.0
celsius = st.floats(0, 110)
slopes = st.floats(-2, 2)
states = st.builds(State, st.integers(0, 12), st.floats(0, 1000), st.floats(PATIENCE, MOST_PATIENCE))


@given(states, st.floats(0, 5000), celsius, celsius, slopes, st.integers(13, 20))
def test_hotter_is_never_a_higher_level(
    state: State, after: float, one: float, other: float, slope: float, levels: int
) -> None:
    cooler, hotter = sorted((one, other))
    at = state.changed + after
    below = decide(state, Seen(at, hotter, slope), levels, LIMIT, DWELL)
    above = decide(state, Seen(at, cooler, slope), levels, LIMIT, DWELL)
    assert below.level >= above.level
    assert 0 <= above.level <= below.level < levels
    assert below.level - state.level <= MOST_AT_ONCE
    assert state.level - above.level <= 1


@given(st.lists(st.tuples(st.floats(0, 20), celsius, slopes, st.booleans(), st.booleans()), max_size=200))
def test_two_steps_are_never_nearer_than_the_dwell(course: list[tuple[float, float, float, bool, bool]]) -> None:
    state, now, steps = State(), 0.0, []
    for passed, degrees, slope, weak, throttled in course:
        now += passed
        after = decide(state, Seen(now, degrees, slope, weak, throttled), 9, LIMIT, DWELL)
        if after.level != state.level:
            steps.append(now)
            assert after.why
        state = after
    assert all(later - earlier >= DWELL for earlier, later in pairwise(steps))


@given(st.floats(10, 74), st.floats(5, 120), st.floats(2, 300), st.floats(0.7, 0.95), st.integers(2, 25))
def test_it_ends_below_the_limit_if_any_level_does(
    room: float, rise: float, constant: float, ratio: float, levels: int
) -> None:
    """Any first-order board: ``rise`` kelvins at level 0 in the end, each level less."""
    heats = [rise * ratio**level for level in range(levels)]
    state, temperature, trend, hottest = State(), room, Trend(), []
    for second in range(0, 6 * int(constant) + levels * 40, 2):
        temperature += (room + heats[state.level] - temperature) * (1 - math.exp(-2 / constant))
        sensed = round(temperature / 0.487) * 0.487
        trend.add(second, sensed)
        after = decide(state, Seen(second, sensed, trend.slope), levels, LIMIT, DWELL)
        if after.level != state.level:
            trend.forget()
        state = after
        hottest.append(temperature)
    if room + heats[-1] < LIMIT - 1:
        assert hottest[-1] <= LIMIT + 0.3
    else:
        assert state.level == levels - 1 or hottest[-1] <= LIMIT + 0.3


def test_a_step_up_that_was_a_mistake_is_not_repeated_soon() -> None:
    state = State(level=3, changed=0)
    state = decide(state, Seen(60, 60), 9, LIMIT, DWELL)
    assert (state.level, state.why, state.patience) == (2, "cool", PATIENCE)
    state = decide(state, Seen(80, 76), 9, LIMIT, DWELL)
    assert (state.level, state.why, state.patience) == (3, "hot", 2 * PATIENCE)
    assert decide(state, Seen(80 + PATIENCE, 60), 9, LIMIT, DWELL) is state
    state = decide(state, Seen(80 + 2 * PATIENCE, 60), 9, LIMIT, DWELL)
    assert (state.level, state.patience) == (2, 2 * PATIENCE)
    state = decide(state, Seen(80 + 4 * PATIENCE, 60), 9, LIMIT, DWELL)
    assert (state.level, state.patience) == (1, PATIENCE), "the last one held"


def test_power_and_firmware_are_one_level_each() -> None:
    for seen in (Seen(99, 50, undervoltage=True), Seen(99, None, undervoltage=True), Seen(99, 50, throttled=True)):
        assert decide(State(), seen, 9, LIMIT, DWELL).level == 1
        assert decide(State(level=8), seen, 9, LIMIT, DWELL).level == 8


def test_without_a_temperature_nothing_changes() -> None:
    state = State(level=4, changed=0)
    assert decide(state, Seen(9999, None), 9, LIMIT, DWELL) is state


def test_the_slope_counts_before_the_limit_is_reached() -> None:
    assert decide(State(), Seen(0, 73, 0.1), 9, LIMIT, DWELL).level == 0
    assert decide(State(), Seen(0, 73, 0.2), 9, LIMIT, DWELL).level == 1
    assert decide(State(), Seen(0, 73, 1.0), 9, LIMIT, DWELL).level == MOST_AT_ONCE
    assert decide(State(), Seen(0, 75.5, -0.1), 9, LIMIT, DWELL).level == 0, "it is falling already"


def test_a_trend_sees_a_slope_through_the_steps_of_a_sensor() -> None:
    trend = Trend()
    for second in range(0, 60, 2):
        trend.add(second, round((60 + 0.1 * second) / 0.487) * 0.487)
    assert abs(trend.slope - 0.1) < 0.03
    trend.forget()
    assert trend.slope == 0
