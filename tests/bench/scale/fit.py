"""How fast a cost grows: the exponent of a power law above its constant part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WORST = 1.15
"""Exponent that still counts as linear: measurements scatter."""

LINEAR_ERROR = 0.05
"""Scatter about the best straight line below which a steeper exponent is only noise."""

FLAT = 0.2
"""A cost that grows by less than this over the whole range is constant."""

_EXPONENTS = np.arange(0.1, 3.001, 0.01)


@dataclass(frozen=True, slots=True)
class Fit:
    """``y = constant + slope * x ** exponent``.

    Attributes:
        constant, slope: never negative.
        exponent: 0 for a cost that doesn't grow.
        error: root mean square of the relative residuals.
        linear_error: the same of the best straight line.
    """

    constant: float
    slope: float
    exponent: float
    error: float
    linear_error: float

    def __call__(self, x: float) -> float:
        """The fitted cost."""
        return self.constant + (self.slope * x**self.exponent if self.exponent else 0.0)

    @property
    def worse_than_linear(self) -> bool:
        """Whether it grows faster than what it is for, by more than measurements scatter."""
        return self.exponent > WORST and self.linear_error > LINEAR_ERROR


def fit(xs: Sequence[float], ys: Sequence[float]) -> Fit:
    """The power law with the least relative squares; its exponent is looked for in steps of 0.01.

    Args:
        xs: how much, 0 or more; of two values nothing can be worse than linear.
        ys: what it cost, above 0.
    """
    x, y = np.asarray(xs, float), np.asarray(ys, float)
    if y.max() < y.min() * (1 + FLAT) or y[x.argmax()] <= y[x.argmin()]:
        constant = 1 / float(np.mean(1 / y))
        error = _error(np.full_like(y, constant), y)
        return Fit(constant, 0.0, 0.0, error, error)
    found = [_at(x, y, float(exponent)) for exponent in _EXPONENTS]
    best = min(found, key=lambda each: each.error)
    linear = _at(x, y, 1.0)
    return Fit(best.constant, best.slope, round(best.exponent, 2), best.error, linear.error)


def _at(x: np.ndarray, y: np.ndarray, exponent: float) -> Fit:
    """The best constant and slope for an exponent, neither negative; relative residuals."""
    powers = x**exponent
    columns = np.stack([np.ones_like(y), powers], axis=1) / y[:, None]
    constant, slope = np.linalg.lstsq(columns, np.ones_like(y), rcond=None)[0]
    if constant < 0:
        constant, slope = 0.0, float((powers / y).sum() / ((powers / y) ** 2).sum())
    elif slope < 0:
        constant, slope = float((1 / y).sum() / (1 / y**2).sum()), 0.0
    error = _error(constant + slope * powers, y)
    return Fit(float(constant), float(slope), exponent, error, error)


def _error(fitted: np.ndarray, y: np.ndarray) -> float:
    return float(np.sqrt(np.mean((fitted / y - 1) ** 2)))
