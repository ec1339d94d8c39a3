"""What is said over the WebSocket, as JSON."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np

from edgedet.event import Event
from edgedet.types import FrameResult


def of_result(result: FrameResult) -> str:
    """What was found in a frame: ``{"type": "result", "camera", "time", "fps", ...}``.

    ``time`` is UTC; ``age_ms`` how long ago the frame was taken; ``box`` x1, y1, x2, y2 as fractions of the frame;
    ``track_id`` None before tracking; ``looked`` False where nothing moved and the objects are the last seen.
    """
    frame, found = result.frame, result.detections
    boxes = (found.boxes / np.array([frame.width, frame.height] * 2, np.float32)).tolist()
    track_ids = [None] * len(found) if found.track_ids is None else found.track_ids.tolist()
    rows = zip(found.class_ids.tolist(), found.scores.tolist(), boxes, track_ids, strict=True)
    return _json(
        {
            "type": "result",
            "camera": result.camera,
            "time": frame.wall.isoformat(timespec="milliseconds"),
            "fps": round(result.fps, 2),
            "age_ms": round(max(0.0, time.monotonic() - frame.monotonic) * 1e3),
            "width": frame.width,
            "height": frame.height,
            "looked": result.looked,
            "objects": [
                {
                    "label": found.labels[class_id],
                    "score": round(score, 3),
                    "box": [round(side, 4) for side in box],
                    "track_id": track_id,
                }
                for class_id, score, box, track_id in rows
            ],
        }
    )


def of_event(event: Event) -> str:
    """An event that started, changed or ended: ``{"type": "event", "event": {...}}``."""
    return _json({"type": "event", "event": event.to_dict()})


def of_switch(switch: str, camera: str, on: bool) -> str:
    """A switch was turned: ``{"type": "switch", "switch", "camera", "on"}``."""
    return _json({"type": "switch", "switch": switch, "camera": camera, "on": on})


def of_missed(count: int) -> str:
    """So many events and switches were left out, as they weren't taken in time: better ask for the whole again."""
    return _json({"type": "missed", "count": count})


PING = '{"type":"ping"}'
"""Nothing new, but all is well."""


def _json(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)
