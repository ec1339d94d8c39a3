"""Reads every stage's counters and says how the whole is doing: a line for people, a dictionary for machines."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import psutil

from edgedet import board
from edgedet.camera import Camera
from edgedet.stats import StageStats, percentiles_ms

STEPS = ("age", "preprocess", "invoke", "decode")


class Monitor:
    """A view of a running pipeline; it only reads.

    Args:
        cameras: with their sources and counters.
        publishers: each publisher's counters.
        drops: for each slot by its consumer's name, a function giving how many items it dropped.
        about: what else the report should carry: model, runtime, ...
    """

    def __init__(
        self,
        cameras: Sequence[Camera],
        publishers: Sequence[StageStats],
        drops: Mapping[str, Callable[[], int]],
        about: Mapping[str, Any],
    ) -> None:
        self._cameras, self._publishers, self._drops, self._about = cameras, publishers, drops, about
        self._process = psutil.Process()
        self._started = time.monotonic()
        self._process.cpu_percent()  # both count from the call before: this is the first
        psutil.cpu_percent()

    def report(self) -> dict[str, Any]:
        """Everything measured, ready for JSON. Rates are moving; counts are since start; CPU since the last call.

        ``source``, and in ``fps`` and ``frames`` what is captured and detected, are of the first camera, or of the
        only one; with several, ``cameras`` has them of each by name.

        ``latency_ms`` has p50, p95 and p99 of: ``age`` (capture to the detector taking the frame), ``preprocess``,
        ``invoke``, ``decode``, ``publish`` (each publisher's own work), ``end_to_end`` (capture to published;
        to detected where nothing is published).
        """
        detect = [camera.detect for camera in self._cameras]
        latency = {step: _together(detect, step) for step in STEPS}
        latency["publish"] = _together(self._publishers, "publish")
        latency["end_to_end"] = _together(self._publishers or detect, "end_to_end")
        throttle = board.throttled()
        cameras = {camera.name: _of(camera) for camera in self._cameras}
        first = next(iter(cameras.values()))
        seen = sum((camera.seen for camera in self._cameras), Counter[str]())
        return {
            **self._about,
            "uptime_s": round(time.monotonic() - self._started, 3),
            "source": first["source"],
            "fps": first["fps"] | {"publish": {stage.name: round(stage.rate(), 2) for stage in self._publishers}},
            "frames": first["frames"],
            **({"cameras": cameras} if len(cameras) > 1 else {}),
            "objects": dict(seen),
            "drops": {name: count() for name, count in self._drops.items()},
            "errors": {stage.name: stage.errors for stage in self._publishers},
            "latency_ms": {step: percentiles_ms(seconds) for step, seconds in latency.items()},
            "cpu": {"process_percent": self._process.cpu_percent(), "system_percent": psutil.cpu_percent()},
            "rss_mb": round(self._process.memory_info().rss / 2**20, 1),
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
