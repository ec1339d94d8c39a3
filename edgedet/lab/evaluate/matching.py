"""Which detection found an object and which found none: what precision, recall and calibration are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgedet.lab.datasets import Dataset
from edgedet.lab.evaluate.coco_map import CocoTruth
from edgedet.types import Detections


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The detections of one class in a dataset, best score first; those of crowds are left out.

    Attributes:
        scores: float64 (N,), descending.
        hits: bool (N,): it found an object that no better detection had found.
        objects: how many there were to find.
    """

    scores: NDArray[np.float64]
    hits: NDArray[np.bool_]
    objects: int


def match(dataset: Dataset, found: Sequence[Detections], iou: float = 0.5) -> dict[str, Matches]:
    """Match detections to objects as COCO's evaluation does, greedily by score.

    Args:
        dataset: pictures with their objects; a class counts where it is ``known``.
        found: what was found in each picture, in the dataset's order.
        iou: the overlap from which an object is found, 0 to 1.

    Returns:
        The matches of each class, by its name.
    """
    truth = CocoTruth(dataset, found)
    return {label: _matches(truth, label, iou) for label in dataset.labels}


def _matches(truth: CocoTruth, label: str, iou: float) -> Matches:
    evaluation = truth.evaluate(label, [iou])
    every_size = evaluation.evalImgs[: len(evaluation.params.imgIds)]  # the other areas' come after them
    scores, hits, objects = [np.zeros(0)], [np.zeros(0, np.bool_)], 0
    for picture in every_size:
        if picture is None:  # neither objects nor detections
            continue
        counted = ~np.asarray(picture["dtIgnore"][0], np.bool_)
        scores.append(np.asarray(picture["dtScores"], np.float64)[counted])
        hits.append((np.asarray(picture["dtMatches"][0]) > 0)[counted])
        objects += int((np.asarray(picture["gtIgnore"]) == 0).sum())
    all_scores, all_hits = np.concatenate(scores), np.concatenate(hits)
    order = np.argsort(-all_scores, kind="stable")
    return Matches(all_scores[order], all_hits[order], objects)
