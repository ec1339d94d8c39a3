"""Why a frame is hard: found from what the detector and the tracker said of it and of the looks beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edgedet.boxes import iou
from edgedet.types import Detections

Reason = Literal["near", "flicker", "jump", "torn", "rare", "drift", "random"]
"""``near``: a score close to its threshold. ``flicker``: an object of the looks before and after is missing. ``jump``:
its box isn't where those two have it. ``torn``: two labels for one thing. ``rare``: a label hardly ever seen here.
``drift``: the camera's picture has changed. ``random``: none of these, taken by chance."""

JUMP_IOU = 0.5
"""Overlap with the place between those before and after, below which a box has jumped."""
SAME_IOU = 0.7
"""Overlap from which two boxes of different labels are of one thing."""
MOST_APART = 2.0
"""Seconds between the looks before and after, beyond which an object may just have been away."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A frame's reason.

    Attributes:
        reason: which.
        about: the labels it is about, in words for people; empty: the frame as a whole.
    """

    reason: Reason
    about: str = ""


def near(found: Detections, limits: Mapping[str, float], confidence: float, margin: float) -> list[Doubt]:
    """Scores close to their threshold.

    Args:
        found: what was found.
        limits: thresholds of single labels.
        confidence: that of all others.
        margin: how close is close.
    """
    wanted = np.array([limits.get(label, confidence) for label in found.labels], np.float32)[found.class_ids]
    close = np.abs(found.scores - wanted) <= margin
    return [Doubt("near", _labels(found, close))] if close.any() else []


def between(before: Detections, found: Detections, after: Detections) -> list[Doubt]:
    """Objects that flicker or jump, by their tracks in three looks in a row; all three tracked."""
    doubts = []
    first, now, last = (_by_track(each) for each in (before, found, after))
    both = sorted(first.keys() & last.keys())
    missing = [track for track in both if track not in now]
    if missing:
        doubts.append(Doubt("flicker", _named(before, [first[track] for track in missing])))
    seen = [track for track in both if track in now]
    if seen:
        places = (before.boxes[[first[t] for t in seen]] + after.boxes[[last[t] for t in seen]]) / 2
        rows = np.array([now[t] for t in seen])
        apart = np.array([iou(found.boxes[[row]], places[[i]])[0, 0] for i, row in enumerate(rows)]) < JUMP_IOU
        if apart.any():
            doubts.append(Doubt("jump", _named(found, rows[apart].tolist())))
    return doubts


def torn(found: Detections) -> list[Doubt]:
    """Boxes of different labels that lie on one another."""
    if len(found) < 2:
        return []
    over = (iou(found.boxes, found.boxes) >= SAME_IOU) & (found.class_ids[:, None] != found.class_ids)
    rows = over.any(axis=1)
    return [Doubt("torn", _labels(found, rows))] if rows.any() else []


def rare(found: Detections, seen: Mapping[str, int], share: float) -> list[Doubt]:
    """Labels that are hardly ever seen.

    Args:
        found: what was found.
        seen: how often each label was, so far; among them these.
        share: of all objects, up to which a label is rare.
    """
    names = sorted({found.labels[i] for i in found.class_ids.tolist()})
    total = sum(seen.values())
    few = [name for name in names if seen.get(name, 0) <= share * total]
    return [Doubt("rare", ", ".join(few))] if few else []


def _by_track(found: Detections) -> dict[int, int]:
    tracks = found.track_ids
    return {} if tracks is None else {track: row for row, track in enumerate(tracks.tolist())}


def _labels(found: Detections, rows: NDArray[np.bool_]) -> str:
    return _named(found, rows.nonzero()[0].tolist())


def _named(found: Detections, rows: list[int]) -> str:
    return ", ".join(sorted({found.labels[int(found.class_ids[row])] for row in rows}))
