from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from edgedet.tracking.assignment import assign

WORTH = st.one_of(st.just(0.0), st.floats(-1, 1, width=32), st.sampled_from([0.25, 0.5, 0.75]))


def matrices(most: int) -> st.SearchStrategy[NDArray[np.float64]]:
    shape = st.tuples(st.integers(0, most), st.integers(0, most))
    return shape.flatmap(lambda wanted: arrays(np.float64, wanted, elements=WORTH))


def worth(weights: NDArray[np.float64]) -> float:
    """The sum of the chosen pairs, each row and column once and no pair that may not be."""
    rows, columns = assign(weights)
    assert len(set(rows.tolist())) == len(rows)
    assert len(set(columns.tolist())) == len(columns)
    assert (weights[rows, columns] > 0).all()
    return float(weights[rows, columns].sum())


def best(weights: NDArray[np.float64]) -> float:
    """By trying everything."""
    wide = np.maximum(weights if weights.shape[0] <= weights.shape[1] else weights.T, 0)
    every = np.arange(len(wide))
    return max(float(wide[every, list(chosen)].sum()) for chosen in permutations(range(wide.shape[1]), len(wide)))


@given(matrices(5))
def test_is_as_good_as_trying_every_pairing(weights: NDArray[np.float64]) -> None:
    assert worth(weights) == pytest.approx(best(weights))


@pytest.mark.parametrize("density", [0.05, 0.2, 1.0])
@pytest.mark.parametrize("shape", [(30, 30), (12, 40), (40, 12)])
def test_agrees_with_scipy_on_large_ones(shape: tuple[int, int], density: float) -> None:
    optimize = pytest.importorskip("scipy.optimize", reason="needs scipy to compare with")
    rng = np.random.default_rng(7)
    for _ in range(5):
        weights = np.where(rng.random(shape) < density, rng.random(shape), -1.0)
        rows, columns = optimize.linear_sum_assignment(np.maximum(weights, 0), maximize=True)
        assert worth(weights) == pytest.approx(np.maximum(weights, 0)[rows, columns].sum())


def test_leaves_the_weights_alone() -> None:
    weights = np.array([[0.9, 0.8], [0.8, 0.1]])
    kept = weights.copy()
    assert worth(weights) == pytest.approx(1.6)
    assert (weights == kept).all()
