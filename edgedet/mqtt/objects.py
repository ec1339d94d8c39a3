"""What is in sight of a camera now: how many of each label, where, and which rules are met."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import numpy as np

from edgedet.config import CameraConfig
from edgedet.event import Event
from edgedet.events.zones import Standing, Zones
from edgedet.mqtt.topics import encode, on_off
from edgedet.types import FrameResult


def labels_of(config: CameraConfig) -> list[str]:
    """The labels a camera's rules are about, sorted."""
    return sorted({rule.label or name for name, rule in config.rules.items() if rule.enabled})


def zones_of(config: CameraConfig) -> list[str]:
    """The zones of a camera that something can stand in."""
    return [name for name, zone in config.zones.items() if not zone.exclude]


def rules_of(config: CameraConfig) -> list[str]:
    """The rules of a camera that count."""
    return [name for name, rule in config.rules.items() if rule.enabled]


class Objects:
    """Of one camera. Told by the pipeline's threads, read by the one that sends.

    Args:
        config: the camera's rules and zones.
    """

    def __init__(self, config: CameraConfig) -> None:
        self._lock = threading.Lock()
        self._result: FrameResult | None = None
        self._events: dict[str, str] = {}
        self.reload(config)

    def reload(self, config: CameraConfig) -> None:
        """Go on by other rules and zones."""
        with self._lock:
            self._zones, self._config = Zones(config.zones), config

    def see(self, result: FrameResult | None) -> None:
        """Take the newest result; None: nothing is seen, as the camera may not look."""
        self._result = result

    def hear(self, event: Event) -> None:
        """Take news of an event: its rule is met until its end."""
        with self._lock:
            if event.phase == "end":
                self._events.pop(event.id, None)
            else:
                self._events[event.id] = event.rule

    def encode(self) -> bytes:
        """All of it: ``{"total": 1, "labels": {"cat": 1}, "zones": {"lawn": {"total": 1, "cat": 1}}, "rules":
        {"cat": "ON"}}``. Labels that rules are about, zones and rules are always in it."""
        with self._lock:
            zones, config, met = self._zones, self._config, set(self._events.values())
        counts = Counter(dict.fromkeys(labels_of(config), 0))
        within = {name: Counter({"total": 0}) for name in zones_of(config)}
        for label, standing in _standing(self._result, zones):
            counts[label] += 1
            for zone in standing.zones:
                within[zone].update(("total", label))
        values: dict[str, Any] = {"total": counts.total(), "labels": counts, "zones": within}
        return encode(values | {"rules": {name: on_off(name in met) for name in rules_of(config)}})


def _standing(result: FrameResult | None, zones: Zones) -> list[tuple[str, Standing]]:
    """Each object that isn't ignored: its label, and where it stands."""
    if result is None or not len(result.detections):
        return []
    frame, found = result.frame, result.detections
    boxes = found.boxes.astype(np.float64)
    feet = np.stack(((boxes[:, 0] + boxes[:, 2]) / 2 / frame.width, boxes[:, 3] / frame.height), axis=1)
    labels = [found.labels[i] for i in found.class_ids.tolist()]
    return [(label, at) for label, at in zip(labels, zones.at(feet, labels), strict=True) if not at.excluded]
