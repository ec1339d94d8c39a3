from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edgedet.privacy.held import Held

box = st.tuples(st.floats(0, 90), st.floats(0, 90), st.floats(1, 40), st.floats(1, 40)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(st.lists(st.tuples(st.lists(box, max_size=4), st.floats(0, 0.5)), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_every_box_seen_within_hold_is_still_covered_or_found_again(
    rounds: list[tuple[list[tuple[float, ...]], float]],
) -> None:
    """As many rectangles are covered as the most objects seen at once within ``hold``; those of now all are."""
    held, elapsed, seen = Held(1.0), 0.0, list[tuple[float, int]]()
    for boxes, pause in rounds:
        elapsed += pause
        covered = held.update(np.array(boxes).reshape(-1, 4), elapsed)
        assert np.array_equal(covered[: len(boxes)], np.array(boxes).reshape(-1, 4))
        assert np.isfinite(covered).all()
        seen.append((elapsed, len(boxes)))
        assert len(covered) >= max(count for when, count in seen if elapsed - when <= 1.0)
        assert len(covered) <= sum(count for when, count in seen if elapsed - when <= 1.0)


@given(box, st.floats(0, 0.99))
def test_one_that_is_missing_grows_from_where_it_was(b: tuple[float, ...], pause: float) -> None:
    held = Held(1.0)
    held.update(np.array([b]), 5.0)
    (missing,) = held.update(np.zeros((0, 4)), 5.0 + pause).tolist()
    assert missing[0] <= b[0]
    assert missing[1] <= b[1]
    assert missing[2] >= b[2]
    assert missing[3] >= b[3]


def test_it_forgets_after_hold_and_when_the_clock_jumps_ahead() -> None:
    held = Held(1.0)
    held.update(np.array([[0.0, 0, 10, 10]]), 0.0)
    assert len(held.update(np.zeros((0, 4)), 0.9)) == 1
    assert len(held.update(np.zeros((0, 4)), 1.1)) == 0
