"""What the cameras, the detector and the publishers have done."""

from __future__ import annotations

import time
from collections.abc import Iterator

from prometheus_client.core import Metric

from edgedet.control import SWITCHES
from edgedet.metrics.families import counter, gauge, histogram
from edgedet.metrics.measured import Measured
from edgedet.monitor import STEPS, Monitor, seen_by

STATES = ("opening", "open", "reconnecting", "ended", "closed")
"""Of a source: see :class:`edgedet.capture.SourceStatus`."""


def camera_metrics(control: Measured) -> Iterator[Metric]:
    """Frames, objects, latencies, the source's state and the switches, of each camera."""
    monitor = control.monitor
    yield from _frames(monitor)
    yield from _latencies(monitor)
    status = {camera.name: camera.source.status() for camera in monitor.cameras}
    yield gauge(
        "edgedet_source_state",
        "1 for the state the camera's source is in, 0 for the others.",
        ("camera", "state"),
        [((name, state), float(each.state == state)) for name, each in status.items() for state in STATES],
    )
    yield counter(
        "edgedet_source_reconnects",
        "How often the source was opened again after a loss.",
        ("camera",),
        [((name,), each.reconnects) for name, each in status.items()],
    )
    yield gauge(
        "edgedet_switch_on",
        "Whether a switch of the camera is on: detection, recording, privacy (nothing is filmed).",
        ("camera", "switch"),
        [
            ((name, switch), float(control.is_on(switch, name)))
            for name in control.cameras
            for switch in SWITCHES
            if control.has(switch)
        ],
    )


def _frames(monitor: Monitor) -> Iterator[Metric]:
    cameras, now = monitor.cameras, time.monotonic()
    label = ("camera",)
    yield counter(
        "edgedet_frames_captured",
        "Frames the source gave.",
        label,
        [((camera.name,), camera.capture.frames) for camera in cameras],
    )
    yield counter(
        "edgedet_frames_detected",
        "Frames that were decided on, by the model or because nothing moved.",
        label,
        [((camera.name,), camera.detect.frames) for camera in cameras],
    )
    yield counter(
        "edgedet_frames_looked", "Frames the model ran on.", label, [((each.name,), each.looked) for each in cameras]
    )
    yield counter(
        "edgedet_objects_seen",
        "Objects found, in every frame anew.",
        ("camera", "label"),
        [((camera.name, each), count) for camera in cameras for each, count in seen_by(camera).items()],
    )
    yield gauge(
        "edgedet_capture_fps",
        "Frames per second the source gives, over the last seconds.",
        label,
        [((camera.name,), camera.capture.rate()) for camera in cameras],
    )
    yield gauge(
        "edgedet_detect_fps",
        "Frames per second that are decided on, over the last seconds.",
        label,
        [((camera.name,), camera.detect.rate()) for camera in cameras],
    )
    yield gauge(
        "edgedet_camera_silence_seconds",
        "Seconds since the source's latest frame; before the first, since the start.",
        label,
        [((each.name,), min(monitor.uptime, max(0.0, now - each.capture.last_beat))) for each in cameras],
    )


def _latencies(monitor: Monitor) -> Iterator[Metric]:
    detect = [(camera.name, camera.detect) for camera in monitor.cameras]
    yield histogram(
        "edgedet_stage_duration_seconds",
        "What each step to a detection takes: age (capture to its turn), preprocess, invoke (the model), decode.",
        ("camera", "stage"),
        [((name, step), stats.histogram(step)) for name, stats in detect for step in STEPS],
    )
    yield histogram(
        "edgedet_detection_latency_seconds",
        "From capture to detected.",
        ("camera",),
        [((name,), stats.histogram("end_to_end")) for name, stats in detect],
    )


def publisher_metrics(control: Measured) -> Iterator[Metric]:
    """Frames, errors and latencies of each publisher; and what was dropped before it, or before the detector."""
    monitor = control.monitor
    publishers, label = list(monitor.publishers), ("publisher",)
    yield counter(
        "edgedet_frames_published", "Frames it published.", label, [((each.name,), each.frames) for each in publishers]
    )
    yield counter(
        "edgedet_publisher_errors", "How often it failed.", label, [((each.name,), each.errors) for each in publishers]
    )
    yield counter(
        "edgedet_frames_dropped",
        "Frames for which a newer one was taken: before the detector, or before a publisher.",
        ("consumer",),
        [((name,), count()) for name, count in monitor.drops.items()],
    )
    yield histogram(
        "edgedet_publish_duration_seconds",
        "What the publisher's own work takes.",
        label,
        [((each.name,), each.histogram("publish")) for each in publishers],
    )
    yield histogram(
        "edgedet_publish_latency_seconds",
        "From capture to published.",
        label,
        [((each.name,), each.histogram("end_to_end")) for each in publishers],
    )
