"""A track: one object, followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.tracking import kalman
from edgedet.tracking.kalman import Floats

Rows = NDArray[Any]
"""A structured array of :data:`ROW`: what the tracker knows, one entry a track."""

ROW = np.dtype(
    [
        ("id", np.int64),
        ("class_id", np.int32),
        ("score", np.float32),
        ("hits", np.int64),
        ("missed", np.bool_),  # by the last look
        ("first_seen", np.float64),
        ("last_seen", np.float64),
        ("place", np.float64, 4),  # centre x, centre y, width, height
        ("velocity", np.float64, 4),
        ("spread", np.float64, 3),
        ("smooth", np.float64, 4),  # x1, y1, x2, y2, without the detector's jitter
        ("anchor", np.float64, 4),  # where ``smooth`` was at still_since
        ("still_since", np.float64),
        ("stationary", np.bool_),
    ]
)


@dataclass(frozen=True, slots=True)
class Track:
    """One object, as its tracker knows it now.

    Attributes:
        id: its own as long as the tracker lives; never used again.
        label: what it is; never changes.
        box: x1, y1, x2, y2 in pixels, within the frame: where it is, or is expected while it isn't seen.
        score: the detector's, when it was last seen, 0 to 1.
        hits: looks that have seen it.
        first_seen, last_seen: seconds on the source's clock.
        stationary: whether it has stood still for ``tracking.stationary_seconds``.
        still_since: since when it hasn't moved, seconds on the source's clock.
    """

    id: int
    label: str
    box: tuple[float, float, float, float]
    score: float
    hits: int
    first_seen: float
    last_seen: float
    stationary: bool
    still_since: float


def begin(
    ids: NDArray[np.int64], boxes: Floats, class_ids: NDArray[np.int32], scores: NDArray[Any], now: float
) -> Rows:
    """Tracks of objects seen for the first time.

    Args:
        ids: (N,) the tracks' own.
        boxes: (N, 4) x1, y1, x2, y2 in pixels.
        class_ids: (N,) what they are.
        scores: (N,) the detector's.
        now: seconds on the source's clock.
    """
    rows = np.zeros(len(ids), ROW)
    rows["id"], rows["class_id"], rows["score"], rows["hits"] = ids, class_ids, scores, 1
    rows["first_seen"] = rows["last_seen"] = rows["still_since"] = now
    rows["place"] = centred(boxes)
    rows["spread"] = kalman.fresh(len(ids))
    rows["smooth"] = rows["anchor"] = boxes
    return rows


def unseen(rows: Rows, now: float) -> Floats:
    """Seconds since each track was last seen: (T,)."""
    seconds: Floats = now - rows["last_seen"]
    return seconds


def centred(boxes: Floats) -> Floats:
    """Centre x, centre y, width, height of boxes x1, y1, x2, y2; both (N, 4)."""
    size = boxes[:, 2:] - boxes[:, :2]
    return np.concatenate([boxes[:, :2] + size / 2, size], axis=1)


def cornered(places: Floats) -> Floats:
    """The reverse of :func:`centred`."""
    half = places[:, 2:] / 2
    return np.concatenate([places[:, :2] - half, places[:, :2] + half], axis=1)
