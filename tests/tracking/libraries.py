"""Published trackers on the same boxes, where they are installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Boxes = Sequence[tuple[float, NDArray[np.float32], NDArray[np.float32]]]
"""Seconds, boxes and scores of every frame."""


def supervision_tracks(frames: Boxes, rate: float, matched: bool = True) -> list[list[int]]:
    """Ids of supervision's ByteTrack (up to 0.27) for every box, -1: none. Matched: its limits set as ours are."""
    import supervision as sv

    options: dict[str, Any] = {"frame_rate": round(rate)}
    if matched:  # tracks begin at 0.5; 2 s lost; an overlap of 0.2
        options |= {"track_activation_threshold": 0.4, "lost_track_buffer": 60}
    tracker = sv.ByteTrack(**options)
    return [
        _ids(tracker.update_with_detections(_detections(sv, boxes, scores)), len(boxes)) for _, boxes, scores in frames
    ]


def trackers_tracks(frames: Boxes, rate: float, matched: bool = True) -> list[list[int]]:
    """The same for the ByteTrack of Roboflow's ``trackers``, which is told the time of each frame."""
    import supervision as sv
    from trackers import ByteTrackTracker

    options: dict[str, Any] = {"frame_rate": rate}
    if matched:
        options |= {
            "track_activation_threshold": 0.5,
            "high_conf_det_threshold": 0.5,
            "lost_track_buffer": 60,
            "minimum_iou_threshold": 0.2,
        }
    tracker = ByteTrackTracker(**options)
    return [
        _ids(tracker.update(_detections(sv, boxes, scores), timestamp=t), len(boxes)) for t, boxes, scores in frames
    ]


LIBRARIES: dict[str, Callable[[Boxes, float, bool], list[list[int]]]] = {
    "supervision": supervision_tracks,
    "trackers": trackers_tracks,
}


def _detections(sv: Any, boxes: NDArray[np.float32], scores: NDArray[np.float32]) -> Any:
    return sv.Detections(
        xyxy=boxes.copy(),
        confidence=scores.copy(),
        class_id=np.zeros(len(boxes), int),
        data={"row": np.arange(len(boxes))},
    )


def _ids(found: Any, count: int) -> list[int]:
    ids = [-1] * count
    if len(found):
        for row, track_id in zip(found.data["row"].tolist(), found.tracker_id.tolist(), strict=True):
            ids[row] = track_id
    return ids
