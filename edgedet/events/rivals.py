"""One thing that the detector takes for two: a person who just comes into view, and a dog in the very same box."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from edgedet.boxes import iou
from edgedet.events.case import Case
from edgedet.events.objects import Seen
from edgedet.types import Detections

SAME = 0.8
"""Overlap (IoU) of two boxes of different labels from which they are taken for one thing."""
CLEARLY = 0.1
"""How much higher an object's best score must be than that of one with an event, to have an event beside it."""


def same_boxes(found: Detections) -> list[list[int]]:
    """For each object of a frame, those of other labels that have the same box, as indices into ``found``."""
    if len(found) < 2:
        return [[] for _ in range(len(found))]
    other = found.class_ids[:, None] != found.class_ids
    return [np.flatnonzero(row).tolist() for row in other & (iou(found.boxes, found.boxes) >= SAME)]


def rival_of(seen: Seen, objects: Mapping[int, tuple[Seen, Mapping[str, Case]]]) -> Seen | None:
    """The object of another label that this one rather is: it has been seen better, or has an event already.

    Args:
        seen: the object.
        objects: all there are, with their cases, by track.
    """
    rivals = [objects[track_id] for track_id in seen.same if track_id in objects]
    better = [other for other, cases in rivals if other.best + _ahead(cases.values()) >= seen.best]
    return max(better, key=lambda other: other.best, default=None)


def _ahead(cases: Collection[Case]) -> float:
    return CLEARLY if any(case.event is not None for case in cases) else 0.0
