from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from edgedet.lab.quantize.ranges import METHODS, Held, range_of


def held(values: NDArray[np.float64], bins: int = 2048) -> Held:
    low, high = float(values.min()), float(values.max())
    counts = np.histogram(values, bins=bins, range=(low, high))[0] if high > low else np.zeros(bins)
    return Held(low, high, low * 0.9, high * 0.9, counts.astype(np.int64))


finite = st.floats(-1e4, 1e4, allow_nan=False, width=32)


@pytest.mark.parametrize("method", METHODS)
@given(values=st.lists(finite, min_size=2, max_size=200))
def test_a_range_holds_zero_and_nothing_that_was_never_there(method: str, values: list[float]) -> None:
    seen = held(np.array(values))
    low, high = range_of(seen, method)
    assert min(0.0, seen.low) <= low <= 0 <= high <= max(0.0, seen.high)


def test_min_max_is_exact() -> None:
    assert range_of(held(np.array([-3.0, 1.0, 7.5])), "min-max") == (-3.0, 7.5)


@pytest.mark.parametrize(
    ("method", "most"), [("percentile", 10), ("percentile-99.9", 10), ("entropy", 60), ("mse", 70)]
)
def test_an_outlier_is_clipped_and_the_bulk_is_kept(method: str, most: float) -> None:
    bulk = np.random.default_rng(1).normal(0, 1, 200_000)
    low, high = range_of(held(np.append(bulk, [80.0])), method)
    assert 2.5 < high < most
    assert -6 < low < -2.5


def test_percentiles_cut_as_much_as_they_say() -> None:
    values = np.random.default_rng(2).uniform(-1, 1, 500_000)
    for method, kept in (("percentile", 0.9999), ("percentile-99.9", 0.999)):
        low, high = range_of(held(values), method)
        assert abs(((values >= low) & (values <= high)).mean() - kept) < 0.0015


def test_mse_has_less_error_than_min_max() -> None:
    values = np.append(np.random.default_rng(3).laplace(0, 1, 100_000), [60.0, -60.0])

    def error(low: float, high: float) -> float:
        step = (high - low) / 255
        return float(((values - (low + np.round((np.clip(values, low, high) - low) / step) * step)) ** 2).sum())

    assert error(*range_of(held(values), "mse")) < 0.85 * error(*range_of(held(values), "min-max"))


def test_a_constant_tensor_has_a_range_with_zero_in_it() -> None:
    assert range_of(held(np.full(10, 4.0)), "mse") == (0.0, 4.0)
