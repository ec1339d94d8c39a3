"""How far one distribution, or one picture, is from another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Histogram = NDArray[np.float64]

CHANGED = 0.21
"""Distance of two histograms from which they differ at all: what a population stability index of 0.25 comes to, the
usual sign of a significant shift (Siddiqi, Credit Risk Scorecards, 2006; 0.1 is the usual sign of a small one). For
small shifts the divergence in nats is an eighth of the index, so that the distance is sqrt(0.25 / 8 / ln 2)."""


def jensen_shannon(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The distance of two histograms: 0 the same, 1 nothing in common.

    It is the root of their Jensen-Shannon divergence to base 2 (Lin, IEEE Trans. Inf. Theory 37, 1991), which makes it
    a metric (Endres and Schindelin, 2003). Unlike a population stability index it needs no care for empty bins.

    >>> round(jensen_shannon(np.array([1.0, 0]), np.array([0.0, 3])), 3)
    1.0

    Args:
        one, other: counts, of the same shape; 0 where either is empty.
    """
    if not one.sum() or not other.sum():
        return 0.0
    p, q = one / one.sum(), other / other.sum()
    middle = (p + q) / 2
    divergence = sum(float((each[at] * np.log2(each[at] / middle[at])).sum()) for each in (p, q) for at in (each > 0,))
    return math.sqrt(min(1.0, max(0.0, divergence / 2)))


def unlikeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """How little two edge pictures have in common: 0 the same, 1 nothing (1 less their correlation).

    Args:
        one, other: float32, of the same shape.
    """
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return 1.0 - max(0.0, float((a * b).sum()) / size) if size > 0 else 1.0


def null(days: Sequence[Histogram]) -> list[float]:
    """How far each day is from all others together: what this camera's days differ by when nothing has changed.

    It takes each day out in turn (a jackknife over days, since what is seen within one hangs together).

    Args:
        days: a histogram each.
    """
    whole = total(days)
    return [jensen_shannon(each, whole - each) for each in days]


def total(histograms: Iterable[Histogram]) -> Histogram:
    """Their sum."""
    return np.asarray(sum(histograms), np.float64)


def median_of(histogram: Histogram) -> float:
    """The median of a histogram over 0 to 1 in equal bins; 0 if it is empty.

    >>> median_of(np.array([0.0, 4, 0, 0]))
    0.375
    """
    count = float(histogram.sum())
    if not count:
        return 0.0
    before = np.concatenate([[0.0], np.cumsum(histogram)])
    at = int(np.searchsorted(before, count / 2, side="left")) - 1
    within = (count / 2 - before[at]) / histogram[at]
    return float((at + within) / len(histogram))
