"""Reads every stage's counters and says how the whole is doing: a line for people, a dictionary for machines."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import psutil

from edgedet import board
from edgedet.camera import Camera
from edgedet.events.change import Change
from edgedet.stats import StageStats, percentiles_ms

STEPS = ("age", "preprocess", "invoke", "decode")

CPU_EVERY = 1.0
"""Seconds a measured load holds at least: of a shorter time it would be noise, and several may ask at once."""


class Told:
    """Counts the events that started. A :class:`edgedet.events.listener.Listener`; others may read at any time."""

    def __init__(self) -> None:
        self._started: Counter[tuple[str, str, str]] = Counter()

    def hear(self, change: Change) -> None:
        """Take news of an event."""
        event = change.event
        if event.phase == "start":
            self._started[event.camera, event.rule, event.label] += 1

    def started(self) -> dict[tuple[str, str, str], int]:
        """How many, by camera, rule and label."""
        return dict(self._started)


class Monitor:
    """A view of a running pipeline; it only reads.

    Args:
        cameras: with their sources and counters.
        publishers: each publisher's counters.
        drops: for each slot by its consumer's name, a function giving how many items it dropped.
        about: gives what else the report should carry: model, runtime, ...

    Attributes:
        cameras, publishers, drops, about: the same, to be read.
        told: counts the events it hears of.
    """

    def __init__(
        self,
        cameras: Sequence[Camera],
        publishers: Sequence[StageStats],
        drops: Mapping[str, Callable[[], int]],
        about: Callable[[], Mapping[str, Any]],
    ) -> None:
        self.cameras, self.publishers, self.drops, self.about = cameras, publishers, drops, about
        self.told = Told()
        self._started = time.monotonic()
        self._load = _Load()

    @property
    def uptime(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def report(self) -> dict[str, Any]:
        """Everything measured, ready for JSON. Rates are moving; counts are since start; CPU since the
        last call, or where that was less than a second ago, as it was then.

        ``source``, and in ``fps`` and ``frames`` what is captured and detected, are of the first camera, or of the
        only one; with several, ``cameras`` has them of each by name.

        ``latency_ms`` has p50, p95 and p99 of: ``age`` (capture to the detector taking the frame), ``preprocess``,
        ``invoke``, ``decode``, ``publish`` (each publisher's own work), ``end_to_end`` (capture to published;
        to detected where nothing is published).
        """
        detect = [camera.detect for camera in self.cameras]
        latency = {step: _together(detect, step) for step in STEPS}
        latency["publish"] = _together(self.publishers, "publish")
        latency["end_to_end"] = _together(self.publishers or detect, "end_to_end")
        throttle = board.throttled()
        cameras = {camera.name: _of(camera) for camera in self.cameras}
        first = next(iter(cameras.values()))
        seen = sum((seen_by(camera) for camera in self.cameras), Counter[str]())
        return {
            **self.about(),
            "uptime_s": round(self.uptime, 3),
            "source": first["source"],
            "fps": first["fps"] | {"publish": {stage.name: round(stage.rate(), 2) for stage in self.publishers}},
            "frames": first["frames"],
            **({"cameras": cameras} if len(cameras) > 1 else {}),
            "objects": dict(seen),
            "drops": {name: count() for name, count in self.drops.items()},
            "errors": {stage.name: stage.errors for stage in self.publishers},
            "latency_ms": {step: percentiles_ms(seconds) for step, seconds in latency.items()},
            "cpu": self._load.percent(),
            "rss_mb": round(psutil.Process().memory_info().rss / 2**20, 1),
            "temperature_c": board.temperature(),
            "throttled": list(throttle) if throttle is not None else None,
        }


def status_line(report: Mapping[str, Any]) -> str:
    """One line of a :meth:`Monitor.report` for people."""
    latency, fps = report["latency_ms"], report["fps"]
    parts = [f"{fps['detect']:.1f} fps (capture {fps['capture']:.1f})"]
    if latency["invoke"]:
        parts.append(f"invoke {latency['invoke']['p50']:.1f} ms")
    if latency["end_to_end"]:
        parts.append(f"end to end {latency['end_to_end']['p50']:.0f} ms (p95 {latency['end_to_end']['p95']:.0f})")
    dropped = sum(report["drops"].values())
    parts.append(f"dropped {dropped}")
    parts.append(
        f"cpu {report['cpu']['process_percent']:.0f}% of a core, system {report['cpu']['system_percent']:.0f}%"
    )
    parts.append(f"rss {report['rss_mb']:.0f} MB")
    if report["temperature_c"] is not None:
        parts.append(f"{report['temperature_c']:.0f} C")
    if report["throttled"]:
        parts.append(", ".join(report["throttled"]).upper())
    if report["source"]["state"] != "open":
        parts.append(f"source {report['source']['state']}: {report['source']['detail']}")
    seen = ", ".join(f"{label} {count}" for label, count in sorted(report["objects"].items()))
    return ", ".join(parts) + (f"; seen: {seen}" if seen else "; nothing seen yet")


def seen_by(camera: Camera) -> Counter[str]:
    """How often each label was found by a camera; a copy, since the detect thread counts on."""
    return Counter(dict(camera.seen))


class _Load:
    """How busy the processors are; asked by several threads, none of which shortens another's measurement."""

    def __init__(self) -> None:
        self._process, self._turn = psutil.Process(), threading.Lock()
        self._latest: dict[str, float] | None = None
        self._process.cpu_percent()  # both count from the call before: this is the first
        psutil.cpu_percent()
        self._at = 0.0

    def percent(self) -> dict[str, float]:
        """Of the process in percent of one core, and of the whole machine."""
        with self._turn:
            now = time.monotonic()
            if self._latest is None or now - self._at >= CPU_EVERY:
                self._at = now
                self._latest = {
                    "process_percent": self._process.cpu_percent(),
                    "system_percent": psutil.cpu_percent(),
                }
            return dict(self._latest)


def _of(camera: Camera) -> dict[str, Any]:
    status = camera.source.status()
    return {
        "source": {
            "uri": camera.source.uri,
            "state": status.state,
            "detail": status.detail,
            "reconnects": status.reconnects,
        },
        "fps": {"capture": round(camera.capture.rate(), 2), "detect": round(camera.detect.rate(), 2)},
        "frames": {
            "captured": camera.capture.frames,
            "detected": camera.detect.frames,
            "looked": camera.looked,
        },
    }


def _together(stages: Sequence[StageStats], step: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.concatenate([stage.seconds(step) for stage in stages]) if stages else np.zeros(0)
