"""Runs the tracker over frames of boxes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from edgedet.config.tracking import TrackingConfig
from edgedet.tracking import Tracker
from edgedet.types import Detections
from tests.tracking.metrics import Figures, Frame, measure
from tests.tracking.scenes import SIZE, Look

LABELS = ("person", "car", "dog")


def seen(*objects: tuple[Sequence[float], float] | tuple[Sequence[float], float, str]) -> Detections:
    """Detections of (box, score) or (box, score, label), best first."""
    rows = sorted(objects, key=lambda each: -each[1])
    return Detections(
        np.array([row[0] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[1] for row in rows], np.float32),
        np.array([LABELS.index(row[2]) if len(row) > 2 else 0 for row in rows], np.int32),
        LABELS,
    )


def of_people(boxes: NDArray[np.float32], scores: NDArray[np.float32]) -> Detections:
    return Detections(boxes.copy(), scores.copy(), np.zeros(len(scores), np.int32), LABELS)


def follow(
    looks: Iterable[Look], size: tuple[int, int] = SIZE, config: TrackingConfig | None = None
) -> tuple[Figures, list[list[int]]]:
    """What our tracks are worth, and the ids of every look; tracks count once they are confirmed."""
    config = config or TrackingConfig()
    tracker = Tracker(config)
    frames: list[Frame] = []
    ids = []
    for look in looks:
        found = tracker.update(of_people(look.boxes, look.scores), look.elapsed, size)
        counts = [track.id for track in tracker.tracks() if track.hits >= config.confirm]
        found = found[np.isin(found.track_ids, counts)]
        assert found.track_ids is not None
        frames.append((look.ids, look.truth, found.track_ids, found.boxes))
        ids.append(found.track_ids.tolist())
    return measure(frames), ids


def given(looks: Sequence[Look], ids: Sequence[Sequence[int]]) -> Figures:
    """What tracks are worth that someone else gave the same boxes; -1: none."""
    frames: list[Frame] = []
    for look, row in zip(looks, ids, strict=True):
        tracks = np.array(row, np.int64)
        kept = tracks >= 0
        frames.append((look.ids, look.truth, tracks[kept], look.boxes[kept]))
    return measure(frames)
