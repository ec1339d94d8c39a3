"""CLEAR-MOT (Bernardin and Stiefelhagen, 2008) and identity (Ristani et al., 2016) figures of tracks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgedet.boxes import iou
from edgedet.tracking.assignment import assign

Frame = tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]
"""Ids and boxes of the truth, ids and boxes of the tracker."""


@dataclass(frozen=True)
class Figures:
    mota: float
    idf1: float
    switches: int


def measure(frames: Iterable[Frame], least: float = 0.5) -> Figures:
    """What a tracker's boxes are worth; boxes match from an IoU of ``least`` on."""
    last: dict[int, int] = {}
    together, wanted, given = Counter[tuple[int, int]](), Counter[int](), Counter[int]()
    misses = false = switches = 0
    for true_ids, true_boxes, ids, boxes in frames:
        overlap = iou(true_boxes, boxes)
        valid = overlap >= least
        wanted.update(true_ids.tolist())
        given.update(ids.tolist())
        together.update((int(true_ids[i]), int(ids[j])) for i, j in np.argwhere(valid))
        # first what went together before goes on together, then as many as possible, as close as possible
        kept = np.array([[last.get(int(t)) == int(k) for k in ids] for t in true_ids], bool).reshape(valid.shape)
        rows, columns = assign(np.where(valid, overlap + 1e3 + 1e6 * kept, 0))
        for i, j in zip(rows, columns, strict=True):
            person, track = int(true_ids[i]), int(ids[j])
            switches += last.get(person, track) != track
            last[person] = track
        misses += len(true_ids) - len(rows)
        false += len(ids) - len(rows)
    total = sum(wanted.values())
    return Figures(1 - (misses + false + switches) / max(total, 1), _idf1(together, wanted, given), switches)


def _idf1(together: Counter[tuple[int, int]], wanted: Counter[int], given: Counter[int]) -> float:
    people, tracks = sorted(wanted), sorted(given)
    shared = np.array([[together[p, k] for k in tracks] for p in people], float).reshape(len(people), len(tracks))
    best = shared[assign(shared)].sum()
    return float(2 * best / max(sum(wanted.values()) + sum(given.values()), 1))
