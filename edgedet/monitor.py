"""Reads every stage's counters and says how the whole is doing: a line for people, a dictionary for machines."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from edgedet.camera import Camera
from edgedet.events.change import Change
from edgedet.machine import Machine
from edgedet.shortfall import shortfall
from edgedet.stats import StageStats, percentiles_ms

STEPS = ("age", "preprocess", "invoke", "decode")


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
        self._machine = Machine()

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

        ``shortfall`` is None while every frame is looked at; see :func:`edgedet.shortfall.shortfall`.
        """
        about = self.about()
        detect = [camera.detect for camera in self.cameras]
        latency = {step: _together(detect, step) for step in STEPS}
        latency["publish"] = _together(self.publishers, "publish")
        latency["end_to_end"] = _together(self.publishers or detect, "end_to_end")
        cameras = {camera.name: _of(camera) for camera in self.cameras}
        first = next(iter(cameras.values()))
        seen = sum((seen_by(camera) for camera in self.cameras), Counter[str]())
        return {
            **about,
            "uptime_s": round(self.uptime, 3),
            "source": first["source"],
            "fps": first["fps"] | {"publish": {stage.name: round(stage.rate(), 2) for stage in self.publishers}},
            "frames": first["frames"],
            **({"cameras": cameras} if len(cameras) > 1 else {}),
            "objects": dict(seen),
            "shortfall": shortfall(self.cameras, about.get("most_fps", 0)),
            "drops": {name: count() for name, count in self.drops.items()},
            "errors": {stage.name: stage.errors for stage in self.publishers},
            "latency_ms": {step: percentiles_ms(seconds) for step, seconds in latency.items()},
            **self._machine.measure(),
        }


def status_line(report: Mapping[str, Any]) -> str:
    """One line of a :meth:`Monitor.report` for people."""
    latency, cameras = report["latency_ms"], report.get("cameras", {"": report})
    detected, captured = (sum(each["fps"][step] for each in cameras.values()) for step in ("detect", "capture"))
    several = f", {len(cameras)} cameras" if len(cameras) > 1 else ""
    parts = [f"{detected:.1f} fps (capture {captured:.1f}{several})"]
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
    for name, camera in cameras.items():
        if camera["source"]["state"] != "open":
            which = f"source {name} " if name else "source "
            parts.append(f"{which}{camera['source']['state']}: {camera['source']['detail']}")
    if report.get("inference", {}).get("state") == "restarting":
        parts.append("DETECTOR RESTARTING")
    seen = ", ".join(f"{label} {count}" for label, count in sorted(report["objects"].items()))
    return ", ".join(parts) + (f"; seen: {seen}" if seen else "; nothing seen yet")


def seen_by(camera: Camera) -> Counter[str]:
    """How often each label was found by a camera; a copy, since the detect thread counts on."""
    return Counter(dict(camera.seen))


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
