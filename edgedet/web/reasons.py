"""Why an event triggered: what was said then, and what today's settings would say."""

from __future__ import annotations

import numpy as np

from edgedet.control import Control
from edgedet.event import Event
from edgedet.events.explain import Candidate, explain
from edgedet.types import Detections, Frame

WIDTH = 320
"""Pixels of a picture that nobody sees: only its shape matters."""
_ASPECT = 16 / 9


def aspect_of(control: Control, camera: str) -> float:
    """Width of a camera's picture divided by its height; 16:9 before its first frame and while it is private."""
    newest = control.newest(camera)
    return newest.frame.width / newest.frame.height if newest is not None else _ASPECT


def today(control: Control, event: Event) -> Candidate | None:
    """What the rules of the event's camera, as they are now, say of the object in its best picture.

    Args:
        control: has the settings in force.
        event: what happened.

    Returns:
        None: there is no such camera any more.
    """
    config = next((each for each in control.settings.config.cameras if each.name == event.camera), None)
    if config is None:
        return None
    height = max(1, round(WIDTH / aspect_of(control, event.camera)))
    image = np.zeros((height, WIDTH, 3), np.uint8)
    box = np.array([event.best_box], np.float32) * np.array([WIDTH, height, WIDTH, height], np.float32)
    scores, class_ids = np.array([event.best_score], np.float32), np.zeros(1, np.int32)
    frame = Frame(image, 0, event.best_at, event.best_at, event.best_at, event.started, event.camera)
    return explain(frame, Detections(box, scores, class_ids, (event.label,)), config)[0]
