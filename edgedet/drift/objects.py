"""What was found, compared with the days before: scores, sizes, places, how many, of which labels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from edgedet.drift.distance import CHANGED, Histogram, jensen_shannon, median_of, null, total
from edgedet.drift.finding import Finding
from edgedet.drift.hour import COUNTS, SCORES, SIZES, Hour

ENOUGH = 300
"""Objects below which a histogram says too little: of 20 bins, chance alone then makes a distance of 0.1."""


def compare_objects(
    now: Collection[Hour], before: Sequence[Collection[Hour]], learn: int, tolerance: float
) -> list[Finding]:
    """How far what was found is from what the days before found at the same hours; empty while those are too few.

    A histogram has changed where its distance is both noticeable (:data:`edgedet.drift.distance.CHANGED`) and
    ``tolerance`` times what the days before were from each other.

    Args:
        now: some hours.
        before: for each day before the same hours.
        learn: how many days must have found enough objects.
        tolerance: see above.
    """
    found = []
    for label in sorted({label for hour in now for label in hour.scores}):
        histograms = [_scores(hours, label) for hours in (now, *before)]
        found += _compare("scores", histograms, learn, tolerance, label)
    for measure in ("sizes", "places", "counts"):
        histograms = [total([np.zeros(1), *(getattr(hour, measure) for hour in hours)]) for hours in (now, *before)]
        found += _compare(measure, histograms, learn, tolerance)
    labels = sorted({label for hours in (now, *before) for hour in hours for label in hour.scores})
    mixed = [np.array([_scores(hours, label).sum() for label in labels]) for hours in (now, *before)]
    return found + _compare("labels", mixed, learn, tolerance)


def _compare(
    measure: str, histograms: Sequence[Histogram], learn: int, tolerance: float, label: str = ""
) -> list[Finding]:
    """The first against the others that hold enough."""
    now, before = histograms[0], [each for each in histograms[1:] if each.sum() >= ENOUGH]
    if len(before) < learn or now.sum() < ENOUGH:
        return []
    whole, limit = total(before), max(CHANGED, tolerance * max(null(before)))
    distance = jensen_shannon(now, whole)
    return [Finding(measure, _typical(measure, whole), _typical(measure, now), distance, min(1.0, limit), label)]


def _typical(measure: str, histogram: Histogram) -> float:
    """A value to show: the median, or of objects in a frame the mean."""
    if measure == "counts":
        return float((histogram * np.arange(COUNTS)).sum() / histogram.sum())
    return median_of(histogram) if len(histogram) in (SCORES, SIZES) and measure in ("scores", "sizes") else 0.0


def _scores(hours: Iterable[Hour], label: str) -> Histogram:
    return total([np.zeros(SCORES), *(hour.scores[label] for hour in hours if label in hour.scores)])
