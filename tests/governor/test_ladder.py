"""The ladder: always cooler, never below the floor, threads as soon as they keep up, the model last."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.governor.ladder import Rung, ladder

SMALL = Path("small.tflite")
RUNGS = (Rung(None, 4), Rung(None, 2, 0.8, 2), Rung(SMALL, 4, 0.5, 0.5), Rung(SMALL, 2, 0.4, 1.0))
rates = st.floats(0.2, 240)


@given(rates, rates, st.integers(1, 4))
def test_each_level_is_cooler_and_none_is_below_the_floor(full: float, floor: float, rungs: int) -> None:
    levels = ladder(full, floor, RUNGS[:rungs])
    assert (levels[0].rung, levels[0].fps) == (RUNGS[0], full)
    for above, below in pairwise(levels):
        assert below.heat < above.heat
        assert min(full, floor) <= below.fps <= full
        assert full / below.rung.slowness >= below.fps, "it keeps up even at worst"
        assert not (above.rung.model and not below.rung.model), "the better model doesn't come back further down"


def test_frames_first_then_threads_then_the_model() -> None:
    levels = ladder(16, 4, RUNGS)
    ways = list(dict.fromkeys((level.rung.model, level.rung.threads) for level in levels))
    assert ways == [(None, 4), (None, 2), (SMALL, 2)]
    assert all(level.fps > 8 for level in levels if level.rung.threads == 4), "two threads keep up with 8"
    last_of_big = next(level for level in reversed(levels) if level.rung.model is None)
    first_of_small = next(level for level in levels if level.rung.model)
    assert last_of_big.fps == 4
    assert first_of_small.fps > 4, "what the smaller model saves goes into frames"


def test_a_floor_that_cant_be_reached_leaves_threads_alone() -> None:
    levels = ladder(6, 10, RUNGS[:2])
    assert len(levels) == 1
    assert [level.rung.model for level in ladder(6, 10, RUNGS)] == [None, SMALL]


@pytest.mark.parametrize("threads", [1, 4])
def test_one_way_is_a_ladder_too(threads: int) -> None:
    levels = ladder(10, 1, (Rung(None, threads),))
    assert levels[-1].fps == 1
    assert len(levels) > 10
