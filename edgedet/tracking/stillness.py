"""Which objects stand still: the parked car, the sleeping dog.

A box jitters, and is cut short when something passes before it. So it is smoothed, and compared with where it was: an
object that overlaps its old place less than ``stationary_iou`` has moved and starts anew. What already counts as
stationary has moved only when it left its place, not when a part of it is hidden.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgedet.tracking.kalman import Floats
from edgedet.tracking.track import Rows

SMOOTHING = 1.0
"""Time constant of the smoothed box, in seconds."""

NEWEST = 0.35
"""Largest share of a single look in it: a slow detector's boxes jitter no less."""

HIDDEN = 2 / 3
"""Share of ``stationary_iou`` that a box in its place must still overlap; the rest of it may be hidden."""


def follow(rows: Rows, boxes: Floats, now: float, limit: float) -> None:
    """Take in where objects were seen, in place; before ``last_seen`` is set to now.

    Args:
        rows: the tracks that were seen.
        boxes: (T, 4) where: x1, y1, x2, y2 in pixels.
        now: seconds on the source's clock.
        limit: ``tracking.stationary_iou``.
    """
    share = np.minimum(1 - np.exp((rows["last_seen"] - now) / SMOOTHING), NEWEST)
    rows["smooth"] += share[:, None] * (boxes - rows["smooth"])
    moved = ~in_place(rows["smooth"], rows["anchor"], limit, rows["stationary"])
    rows["anchor"][moved] = rows["smooth"][moved]
    rows["still_since"][moved] = now


def in_place(
    boxes: Floats, places: Floats, limit: float, lenient: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Whether boxes are where others were; both (..., 4) x1, y1, x2, y2, pairs by broadcasting.

    Args:
        boxes, places: what to compare.
        limit: ``tracking.stationary_iou``.
        lenient: of which pairs a part of the box may be hidden; default: all.
    """
    side = np.minimum(boxes[..., 2:], places[..., 2:]) - np.maximum(boxes[..., :2], places[..., :2])
    np.maximum(side, 0, out=side)
    shared = side[..., 0] * side[..., 1]
    one, other = _area(boxes), _area(places)
    union = one + other - shared
    whole: NDArray[np.bool_] = shared >= limit * union
    if lenient is not None and not lenient.any():
        return whole
    partly = (shared >= limit * np.minimum(one, other)) & (shared >= HIDDEN * limit * union)
    found: NDArray[np.bool_] = whole | (partly if lenient is None else partly & lenient)
    return found


def _area(boxes: Floats) -> Floats:
    size = boxes[..., 2:] - boxes[..., :2]
    area: Floats = size[..., 0] * size[..., 1]
    return area
