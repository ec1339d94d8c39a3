"""Which candidates of a detector are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import LabelsError


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Which candidates are kept.

    Attributes:
        scores: float32 (C,): for each class the lowest score.
        iou: overlap above which the weaker of two boxes of one class is dropped, 0 to 1.
        most: how many objects of one picture are kept at most.
    """

    scores: NDArray[np.float32]
    iou: float = 0.5
    most: int = 100

    @classmethod
    def of(
        cls,
        labels: tuple[str, ...],
        confidence: float = 0.5,
        class_confidence: Mapping[str, float] | None = None,
        iou: float = 0.5,
        most: int = 100,
    ) -> Limits:
        """The limits for a model's classes.

        Args:
            labels: all the model knows.
            confidence: lowest score kept.
            class_confidence: lowest score kept for single labels, instead.
            iou, most: as above.

        Raises:
            LabelsError: a label that ``class_confidence`` names isn't one of the model's.
        """
        given = class_confidence or {}
        unknown = sorted(set(given) - set(labels))
        if unknown:
            raise LabelsError(
                f"detect.class_confidence: {unknown[0]!r} is no label of this model; it has {', '.join(labels[:20])}"
            )
        return cls(np.array([given.get(name, confidence) for name in labels], np.float32), iou, most)
