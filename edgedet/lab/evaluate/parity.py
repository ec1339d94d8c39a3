"""Whether two models, or one model on two runtimes, see the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgedet.boxes import iou
from edgedet.types import Detections

IOU = 0.5
"""Two boxes of one class that overlap by more are the same object."""


@dataclass(frozen=True, slots=True)
class Parity:
    """One model beside another.

    Attributes:
        objects: how many the first model saw at its thresholds.
        twins: the part of them that the other sees too, whatever its score, 0 to 1; None without objects.
        score_difference: mean of |score - score of the twin|, 0 to 1; None without twins.
    """

    objects: int
    twins: float | None
    score_difference: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for reports."""
        return {
            "objects": self.objects,
            "twins": None if self.twins is None else round(self.twins, 4),
            "score_difference": None if self.score_difference is None else round(self.score_difference, 4),
        }


def compare(first: Sequence[Detections], other: Sequence[Detections], thresholds: Mapping[str, float]) -> Parity:
    """How much of what one model sees another sees too.

    Args:
        first: what the first found in each picture.
        other: what the other found in the same pictures, from near score 0 on.
        thresholds: for each class to be compared, the score from which the first's detections count.

    Raises:
        ValueError: they aren't of the same number of pictures.
    """
    objects, differences = 0, []
    for one, two in zip(first, other, strict=True):
        for label, threshold in thresholds.items():
            wanted, offered = one.filter(label), two.filter(label)
            wanted = wanted[wanted.scores >= threshold]
            objects += len(wanted)
            differences += _twins(wanted, offered)
    return Parity(
        objects,
        len(differences) / objects if objects else None,
        float(np.mean(differences)) if differences else None,
    )


def _twins(wanted: Detections, offered: Detections) -> list[float]:
    """Score differences of those that have a twin; the best score chooses first, and nothing is chosen twice."""
    overlaps = iou(wanted.boxes, offered.boxes)
    differences = []
    for row in range(len(wanted) if len(offered) else 0):
        best = int(overlaps[row].argmax())
        if overlaps[row, best] > IOU:
            differences.append(abs(float(wanted.scores[row]) - float(offered.scores[best])))
            overlaps[:, best] = 0
    return differences
