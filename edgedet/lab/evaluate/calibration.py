"""Whether a detection of confidence 0.8 is right 8 times in 10.

The expected calibration error of Guo et al., On Calibration of Modern Neural Networks (2017), for detections: being
right is finding an object at IoU 0.5 (Kueppers et al., Multivariate Confidence Calibration for Object Detection, 2020).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.lab.evaluate.matching import Matches

BINS = 10
LOWEST = 0.1
"""Confidence from which detections count: the many that nobody is ever shown would drown the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Confidence beside precision, bin by bin.

    Attributes:
        counts: int64 (bins,): detections in each of the equal bins of confidence from 0 to 1.
        confidence: float64 (bins,): their mean confidence; NaN where there are none.
        precision: float64 (bins,): the part of them that found an object; NaN where there are none.
        ece: expected calibration error, 0 to 1: the mean over all detections of how far their bin's confidence and
            precision are apart; None without detections.
    """

    counts: NDArray[np.int64]
    confidence: NDArray[np.float64]
    precision: NDArray[np.float64]
    ece: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for reports; null where a bin is empty."""

        def plain(values: NDArray[np.float64]) -> list[float | None]:
            return [None if np.isnan(v) else round(float(v), 4) for v in values]

        return {
            "ece": None if self.ece is None else round(self.ece, 4),
            "counts": self.counts.tolist(),
            "confidence": plain(self.confidence),
            "precision": plain(self.precision),
        }


def reliability(classes: Iterable[Matches], bins: int = BINS, lowest: float = LOWEST) -> Reliability:
    """The reliability of some classes' detections together.

    Args:
        classes: the matches of each.
        bins: how many equal bins 0 to 1 is cut in.
        lowest: detections of a lower confidence don't count.
    """
    parts = [(m.scores, m.hits) for m in classes]
    scores = np.concatenate([s for s, _ in parts] or [np.zeros(0)])
    hits = np.concatenate([h for _, h in parts] or [np.zeros(0, np.bool_)])
    scores, hits = scores[scores >= lowest], hits[scores >= lowest]
    place = np.minimum((scores * bins).astype(np.int64), bins - 1)
    counts = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(place, scores, bins) / counts
        precision = np.bincount(place, hits, bins) / counts
    gap = np.abs(np.nan_to_num(confidence) - np.nan_to_num(precision))
    return Reliability(counts, confidence, precision, float(counts @ gap / counts.sum()) if counts.any() else None)
