"""One object in one frame, as rules see it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgedet.events.zones import Standing, Zones
from edgedet.geometry import feet
from edgedet.types import Detections, Frame


@dataclass(frozen=True, slots=True)
class Sighting:
    """An object in a frame.

    Attributes:
        label: what it is.
        score: the detector's, 0 to 1.
        box: x1, y1, x2, y2 as fractions of the frame.
        ratio: width of the box divided by its height, in pixels.
        foot: the middle of the box's bottom edge, as fractions of the frame.
        standing: the zones it stands in.
        part_of: how much of its box lies within a larger one of the same label and a higher score, 0 to 1: detectors
            sometimes find a person's trunk beside the whole person.
    """

    label: str
    score: float
    box: tuple[float, float, float, float]
    ratio: float
    foot: tuple[float, float]
    standing: Standing
    part_of: float = 0.0

    @property
    def area(self) -> float:
        """Of the box, as a fraction of the frame."""
        x1, y1, x2, y2 = self.box
        return (x2 - x1) * (y2 - y1)


def sightings(frame: Frame, found: Detections, zones: Zones) -> list[Sighting]:
    """Each object in a frame, in the order of ``found``."""
    if not len(found):
        return []
    labels = [found.labels[i] for i in found.class_ids.tolist()]
    points = feet(found.boxes, frame.width, frame.height)
    standings = zones.at(points, labels)
    width, height = frame.width, frame.height
    made = []
    for label, score, (x1, y1, x2, y2), (x, y), standing, part in zip(
        labels, found.scores.tolist(), found.boxes.tolist(), points.tolist(), standings, _parts(found), strict=True
    ):
        ratio = (x2 - x1) / max(y2 - y1, 1e-6)
        made.append(
            Sighting(label, score, (x1 / width, y1 / height, x2 / width, y2 / height), ratio, (x, y), standing, part)
        )
    return made


def _parts(found: Detections) -> list[float]:
    """For each box, the largest share of it within a better and larger one of its label."""
    if len(found) < 2:
        return [0.0] * len(found)
    boxes, scores = found.boxes, found.scores
    size = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    low, high = np.maximum(boxes[:, None, :2], boxes[:, :2]), np.minimum(boxes[:, None, 2:], boxes[:, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2) / np.maximum(size, 1e-6)[:, None]
    whole = (found.class_ids[:, None] == found.class_ids) & (scores > scores[:, None]) & (size > size[:, None])
    parts: list[float] = np.max(shared * whole, axis=1).tolist()
    return parts
