"""Precision and recall at every confidence, and which confidence to set."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.lab.evaluate.matching import Matches


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Precision and recall of one class if detections below a score are dropped; one entry a distinct score.

    Attributes:
        scores: float64 (N,), descending.
        precision: float64 (N,), 0 to 1: the part of the detections of at least this score that found an object.
        recall: float64 (N,), 0 to 1: the part of the objects that they found.
    """

    scores: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]

    @property
    def f1(self) -> NDArray[np.float64]:
        """float64 (N,): the harmonic mean of precision and recall."""
        total = self.precision + self.recall
        both: NDArray[np.float64] = 2 * self.precision * self.recall / np.where(total > 0, total, 1)
        return both


@dataclass(frozen=True, slots=True)
class Threshold:
    """A confidence to set, and what it gives on the data it was chosen on; each 0 to 1."""

    score: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The confidences recommended for one class.

    Attributes:
        best_f1: where F1 is highest; None if nothing was found at all.
        precise: the lowest with the precision asked for; None if no confidence reaches it.
        wanted: the precision asked for, 0 to 1.
    """

    best_f1: Threshold | None
    precise: Threshold | None
    wanted: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for reports and model cards."""
        return asdict(self)


def curve(matches: Matches) -> Curve:
    """The precision-recall curve of one class, not smoothed. Detections of one score are kept or dropped together."""
    count = len(matches.scores)
    last = np.flatnonzero(np.diff(matches.scores, append=-np.inf) < 0) if count else np.zeros(0, np.intp)
    hits = np.cumsum(matches.hits)[last]
    return Curve(matches.scores[last], hits / (last + 1), hits / max(matches.objects, 1))


def recommend(matches: Matches, precision: float = 0.9) -> Recommendation:
    """The confidences to set for one class.

    Args:
        matches: of the class, at IoU 0.5.
        precision: 0 to 1, what the second recommendation must reach.
    """
    drawn = curve(matches)
    f1 = drawn.f1
    best = _at(drawn, int(f1.argmax())) if f1.size and f1.max() > 0 else None
    precise = np.flatnonzero((drawn.precision >= precision) & (drawn.recall > 0))
    return Recommendation(best, _at(drawn, int(precise[-1])) if precise.size else None, precision)


def _at(drawn: Curve, index: int) -> Threshold:
    return Threshold(*(float(values[index]) for values in (drawn.scores, drawn.precision, drawn.recall, drawn.f1)))
