from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.tracking import kalman

SECONDS = st.floats(0, 20)


def textbook(seconds: float, state: np.ndarray, spread: np.ndarray, seen: float) -> tuple[np.ndarray, np.ndarray]:
    """One coordinate with plain two by two matrices."""
    step = np.array([[1, seconds], [0, 1]])
    noise = kalman.AGILITY**2 * np.array([[seconds**3 / 3, seconds**2 / 2], [seconds**2 / 2, seconds]])
    state, spread = step @ state, step @ spread @ step.T + noise
    gain = spread[:, 0] / (spread[0, 0] + kalman.MEASURED**2)
    return state + gain * (seen - state[0]), spread - np.outer(gain, spread[0])


@given(st.lists(st.tuples(SECONDS, st.floats(100, 900)), min_size=1, max_size=8))
def test_is_the_textbook_filter_for_every_coordinate(looks: list[tuple[float, float]]) -> None:
    place, velocity, spread = np.full((2, 4), 500.0), np.zeros((2, 4)), kalman.fresh(2)
    state, known = np.array([500.0, 0.0]), np.diag([kalman.MEASURED**2, kalman.SPEED**2])
    for seconds, seen in looks:
        state, known = textbook(seconds, state, known, seen)
        kalman.predict(place, velocity, spread, seconds)
        place, velocity, spread = kalman.correct(place, velocity, spread, np.full((2, 4), seen))
    assert place[:, :2] == pytest.approx(state[0], rel=1e-6, abs=1e-6)
    assert velocity[1, 0] == pytest.approx(state[1], rel=1e-6, abs=1e-6)
    assert spread[0] == pytest.approx([known[0, 0], known[0, 1], known[1, 1]], rel=1e-6, abs=1e-9)


@given(SECONDS, SECONDS)
def test_two_steps_are_one_long_one(first: float, second: float) -> None:
    start = np.array([[300.0, 200.0, 50.0, 90.0]]), np.array([[20.0, -3.0, 0.5, 0.0]]), kalman.fresh(1)
    twice, once = [a.copy() for a in start], [a.copy() for a in start]
    kalman.predict(twice[0], twice[1], twice[2], first)
    kalman.predict(twice[0], twice[1], twice[2], second)
    kalman.predict(once[0], once[1], once[2], first + second)
    for one, other in zip(twice, once, strict=True):
        assert one == pytest.approx(other, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("steps", [[0.1] * 30, [0.5] * 6, [0.1, 0.4, 0.1, 0.9] * 3])
def test_learns_a_steady_speed_at_any_rate(steps: list[float]) -> None:
    place, velocity, spread = np.array([[0.0, 100, 40, 100]]), np.zeros((1, 4)), kalman.fresh(1)
    for now, step in zip(np.cumsum(steps), steps, strict=True):
        kalman.predict(place, velocity, spread, step)
        place, velocity, spread = kalman.correct(place, velocity, spread, np.array([[60.0 * now, 100, 40, 100]]))
    assert velocity[0, 0] == pytest.approx(60, rel=0.05)
