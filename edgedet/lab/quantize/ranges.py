"""From what a tensor held to the range it is quantized with: the calibration methods.

Min-max keeps every value and pays with coarse steps; the others clip rare values to make the steps finer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Range = tuple[float, float]
_FRACTIONS = np.linspace(0.3, 1.0, 36)
"""How much of either end is kept, in the searches of entropy and MSE."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What a tensor held over the calibration pictures.

    Attributes:
        low, high: the extremes.
        smooth_low, smooth_high: the exponential moving averages of each picture's extremes.
        counts: int64 (B,), a histogram of B equal bins from ``low`` to ``high``.
    """

    low: float
    high: float
    smooth_low: float
    smooth_high: float
    counts: NDArray[np.int64]

    @property
    def centres(self) -> NDArray[np.float64]:
        """float64 (B,): the middle of each bin."""
        edges = np.linspace(self.low, self.high, len(self.counts) + 1)
        return (edges[:-1] + edges[1:]) / 2


def min_max(held: Held, levels: int) -> Range:
    """All of it."""
    del levels
    return held.low, held.high


def moving_average(held: Held, levels: int) -> Range:
    """The pictures' extremes, averaged: one odd picture moves it little (Jacob et al., 2018, section 3.1)."""
    del levels
    return held.smooth_low, held.smooth_high


def percentile(held: Held, levels: int, kept: float = 99.99) -> Range:
    """The range that holds ``kept`` percent of the values, as many cut off below as above."""
    del levels
    share = np.cumsum(held.counts) / held.counts.sum()
    edges = np.linspace(held.low, held.high, len(held.counts) + 1)
    cut = (100 - kept) / 200
    low = edges[int(np.searchsorted(share, cut, side="right"))]
    high = edges[min(len(edges) - 1, int(np.searchsorted(share, 1 - cut - 1e-12)) + 1)]
    return float(low), float(high)


def mean_squared_error(held: Held, levels: int) -> Range:
    """The range with the least squared error of rounding and clipping together."""
    centres, weights = held.centres, held.counts

    def cost(low: float, high: float) -> float:
        step = (high - low) / (levels - 1)
        rounded = low + np.round((np.clip(centres, low, high) - low) / step) * step
        return float((weights * (centres - rounded) ** 2).sum())

    return _search(held, cost)


def entropy(held: Held, levels: int) -> Range:
    """The range whose quantized distribution diverges least from the float one (Kullback-Leibler; Migacz, 8-bit
    inference with TensorRT, 2017)."""
    centres, counts = held.centres, held.counts.astype(np.float64)
    counts[np.abs(centres).argmin()] = 0  # zero is met exactly; the many that a ReLU makes would drown all others

    def cost(low: float, high: float) -> float:
        """The divergence of one choice."""
        inside = (centres >= low) & (centres <= high)
        real = counts[inside]
        if not real.sum():
            return float("inf")
        groups = np.minimum((np.arange(len(real)) * levels) // len(real), levels - 1)
        filled = real > 0
        total = np.bincount(groups, real, levels)
        spread = np.maximum(np.bincount(groups, filled, levels), 1)
        model = np.where(filled, (total / spread)[groups], 0.0)
        real = real.copy()
        real[0] += counts[centres < low].sum()  # what is clipped piles up at the ends, in the float one alone
        real[-1] += counts[centres > high].sum()
        p, q = real / real.sum(), model / model.sum()
        some = p > 0
        return float((p[some] * np.log(p[some] / np.maximum(q[some], 1e-12))).sum())

    return _search(held, cost)


def _search(held: Held, cost: Callable[[float, float], float]) -> Range:
    """The cheapest range that keeps some fraction of either end; first the upper end is moved, then the lower."""
    low, high = held.low, held.high
    high = min((high * f for f in _FRACTIONS), key=lambda end: cost(low, end)) if high > 0 else high
    low = min((low * f for f in _FRACTIONS), key=lambda end: cost(end, high)) if low < 0 else low
    return float(low), float(high)


Method = Callable[[Held, int], Range]

METHODS: dict[str, Method] = {
    "min-max": min_max,
    "moving-average": moving_average,
    "percentile": percentile,
    "percentile-99.9": lambda held, levels: percentile(held, levels, 99.9),
    "entropy": entropy,
    "mse": mean_squared_error,
}
"""By name; each takes what a tensor held and how many steps there are, and gives the range."""


def range_of(held: Held, method: str, bits: int = 8) -> Range:
    """The range of a tensor, 0 in it; min-max where it held only one value.

    Args:
        held: over the calibration pictures.
        method: one of :data:`METHODS`.
        bits: of the integers it is quantized to.
    """
    if held.high <= held.low:
        return min(held.low, 0.0), max(held.high, 0.0)
    low, high = METHODS[method](held, 1 << bits)
    return min(low, 0.0), max(high, 0.0)
