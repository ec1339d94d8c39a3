"""Tracks of the past before the rules once more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from edgedet.config import LineConfig, RuleConfig, TrackingConfig, ZoneConfig
from edgedet.event import Event
from edgedet.events.case import MISSES
from edgedet.events.lifecycle import REMEMBERED, EventMaker
from edgedet.tracking import stillness
from edgedet.tracking.track import ROW, Rows, begin
from edgedet.types import Detections, Frame
from edgedet.web.courses import STEP, Course, looks


@dataclass(frozen=True, slots=True)
class Drawing:
    """Zones, lines and rules of a camera, by name."""

    zones: dict[str, ZoneConfig]
    lines: dict[str, LineConfig]
    rules: dict[str, RuleConfig]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a camera's tracks mean.

    Attributes:
        camera: its name.
        labels: all the model knows.
        aspect: width of the picture divided by its height.
        tracking: what counts as standing still.
    """

    camera: str
    labels: tuple[str, ...]
    aspect: float
    tracking: TrackingConfig


def replay(scene: Scene, courses: Sequence[Course], drawings: Sequence[Drawing]) -> list[list[Event]]:
    """The events, each as it ended, that zones, lines and rules make of objects; for each drawing.

    The track of an event is the number of its course.

    Raises:
        ConfigError: a rule or zone names something that isn't there; one line for each mistake.
    """
    makers = [EventMaker(scene.camera, each.zones, each.lines, each.rules, scene.labels) for each in drawings]
    leave = max((rule.leave for each in drawings for rule in each.rules.values()), default=REMEMBERED)
    ended: list[list[Event]] = [[] for _ in drawings]
    for frame, found, still in _frames(scene, courses, pause=math.ceil(leave / STEP) + MISSES):
        for maker, events in zip(makers, ended, strict=True):
            events += [change.event for change in maker.update(frame, found, still) if change.event.phase == "end"]
    for maker, events in zip(makers, ended, strict=True):
        events += [change.event for change in maker.close()]
    return ended


def _frames(scene: Scene, courses: Sequence[Course], pause: int) -> Iterator[tuple[Frame, Detections, frozenset[int]]]:
    """Each look: a frame without a picture, the objects in it, and the tracks of those that stand still."""
    width, height = _shape(scene.aspect)
    image, size = np.zeros((height, width, 3), np.uint8), np.array([width, height, width, height], np.float64)
    class_ids = np.array([scene.labels.index(course.label) for course in courses], np.int32)
    still = _Stillness(len(courses), scene.tracking)
    origin: int | None = None
    for step, here in looks(courses, pause):
        origin = step if origin is None else origin
        now = (step - origin) * STEP
        numbers = np.array(sorted(here, key=lambda number: -here[number][4]), np.int64)
        values = np.array([here[number] for number in numbers.tolist()], np.float64).reshape(-1, 5)
        boxes, scores = values[:, :4] * size, values[:, 4].astype(np.float32)
        found = Detections(boxes.astype(np.float32), scores, class_ids[numbers], scene.labels, numbers)
        frame = Frame(image, step - origin, now, now, now, datetime.fromtimestamp(step * STEP, UTC), scene.camera)
        yield frame, found, still.follow(numbers, boxes, now)


def _shape(aspect: float) -> tuple[int, int]:
    """Width and height of a picture of about this shape, as small as can be: nobody sees it, but rules compare both."""
    shape = Fraction(aspect).limit_denominator(20)
    return max(1, shape.numerator), shape.denominator


class _Stillness:
    """Which objects stand still, told as the tracker tells it."""

    def __init__(self, count: int, config: TrackingConfig) -> None:
        self._rows: Rows = np.zeros(count, ROW)
        self._rows["last_seen"] = -np.inf
        self._config = config

    def follow(self, numbers: NDArray[np.int64], boxes: NDArray[np.float64], now: float) -> frozenset[int]:
        """Take in where these objects are now; the numbers of those that stand still."""
        rows = self._rows[numbers]
        if not len(rows):
            return frozenset()
        unknown = now - rows["last_seen"] > self._config.lost_seconds
        if unknown.any():
            none = np.zeros(int(unknown.sum()), np.int32)
            rows[unknown] = begin(numbers[unknown], boxes[unknown], none, none.astype(np.float32), now)
        stillness.follow(rows, boxes, now, self._config.stationary_iou)
        rows["last_seen"] = now
        rows["stationary"] = now - rows["still_since"] >= self._config.stationary_seconds
        self._rows[numbers] = rows
        return frozenset(numbers[rows["stationary"]].tolist())
