"""Which track each detection continues: ByteTrack's associations, and one for what stands still."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgedet.boxes import iou
from edgedet.config.tracking import TrackingConfig
from edgedet.tracking import stillness
from edgedet.tracking.assignment import assign
from edgedet.tracking.kalman import Floats
from edgedet.tracking.track import Rows, cornered, unseen
from edgedet.types import Detections

Mask = NDArray[np.bool_]

NOBODY = -1


def associate(
    rows: Rows, boxes: Floats, found: Detections, confident: Mask, now: float, config: TrackingConfig
) -> NDArray[np.intp]:
    """Pair tracks, moved on to now, with detections of the same label.

    Args:
        rows: T tracks.
        boxes: (N, 4) the boxes of ``found`` as float64.
        found: N detections.
        confident: (N,) which of them could begin a track.
        now: seconds on the source's clock.
        config: the settings.

    Returns:
        (N,) the row of the track that each detection continues, or :data:`NOBODY`.
    """
    owners = np.full(len(found), NOBODY, np.intp)
    if not len(rows) or not len(found):
        return owners
    weak = ~confident & (found.scores >= config.low)
    same = rows["class_id"][:, None] == found.class_ids
    overlap = np.where(same, iou(cornered(rows["place"]), boxes), 0.0)
    fresh = unseen(rows, now) <= config.lost_seconds
    _pair(owners, fresh, confident, overlap, config.match_iou)
    _pair(owners, fresh, weak, overlap, config.low_iou)
    asleep = rows["stationary"] & (rows["missed"] | ~fresh)
    if asleep.any():
        here = stillness.in_place(rows["smooth"][:, None], boxes[None], config.stationary_iou)
        _pair(owners, asleep, confident | weak, np.where(here, overlap, 0), 0.0)
    return owners


def _pair(owners: NDArray[np.intp], tracks: Mask, detections: Mask, overlap: Floats, least: float) -> None:
    """One association: some of the tracks with some of the detections, of those still free."""
    of_detections = (detections & (owners == NOBODY)).nonzero()[0]
    if not len(of_detections):
        return
    free = tracks.copy()
    free[owners[owners != NOBODY]] = False
    of_tracks = free.nonzero()[0]
    paired, with_these = assign(overlap[of_tracks[:, None], of_detections] - least)
    owners[of_detections[with_these]] = of_tracks[paired]
