from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edgedet.drift.distance import CHANGED, jensen_shannon, median_of, null, unlikeness

counts = arrays(np.float64, 12, elements=st.integers(0, 1000).map(float))


@given(counts, counts, counts)
def test_the_distance_of_histograms_is_a_metric(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    assert 0 <= jensen_shannon(a, b) <= 1
    assert jensen_shannon(a, b) == pytest.approx(jensen_shannon(b, a))
    assert jensen_shannon(a, 3 * a) == pytest.approx(0, abs=1e-6)
    if a.sum() and b.sum() and c.sum():
        assert jensen_shannon(a, c) <= jensen_shannon(a, b) + jensen_shannon(b, c) + 1e-9


def test_a_stability_index_of_a_quarter_is_where_it_begins() -> None:
    before = np.array([25.0, 25, 25, 25])
    now = np.array([37.2, 28.0, 20.3, 14.5])
    p, q = before / before.sum(), now / now.sum()
    index = float(((p - q) * np.log(p / q)).sum())
    assert jensen_shannon(before, now) * (0.25 / index) ** 0.5 == pytest.approx(CHANGED, abs=0.01)


def test_days_that_always_differ_are_far_from_each_other() -> None:
    random = np.random.default_rng(0)
    steady = [random.multinomial(1000, [0.25] * 4).astype(float) for _ in range(5)]
    restless = [random.multinomial(1000, random.dirichlet([0.5] * 4)).astype(float) for _ in range(5)]
    assert max(null(steady)) < 0.1 < max(null(restless))


def test_edges_elsewhere_are_unlike() -> None:
    edges = np.random.default_rng(0).random((24, 32)).astype(np.float32)
    assert unlikeness(edges, edges * 7) == pytest.approx(0, abs=1e-5)
    assert unlikeness(edges, np.roll(edges, 5, axis=1)) > 0.7
    assert unlikeness(edges, np.ones_like(edges)) == 1


def test_a_median_lies_within_its_bin() -> None:
    assert median_of(np.array([0, 0, 0, 0, 8, 0, 0, 2.0, 0, 0])) == pytest.approx(0.4 + 0.1 * 5 / 8)
    assert median_of(np.zeros(5)) == 0
