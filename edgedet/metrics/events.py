"""Events, their recording, and what waits to be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client.core import Metric

from edgedet.config import Config
from edgedet.metrics.families import counter, gauge
from edgedet.metrics.measured import Measured

_RECORDED = {
    "packets": ("edgedet_recorder_packets", "Encoded pictures that came."),
    "packets_dropped": ("edgedet_recorder_packets_dropped", "Those that left the memory too early, for want of it."),
    "frames_dropped": ("edgedet_recorder_frames_dropped", "Frames that came faster than they could be encoded."),
    "frames_failed": ("edgedet_recorder_frames_failed", "Frames the encoder failed on."),
    "clips": ("edgedet_recorder_clips", "Finished clips."),
    "clips_lost": ("edgedet_recorder_clips_lost", "Events without a clip, or with a hole in it."),
    "snapshots_lost": ("edgedet_recorder_snapshots_lost", "Events whose pictures were given up."),
    "bytes_written": ("edgedet_recorder_written_bytes", "Bytes written to the disk."),
}
_HELD = {
    "ring_bytes": ("edgedet_recorder_ring_bytes", "Bytes of film the memory before an event holds."),
    "ring_seconds": ("edgedet_recorder_ring_seconds", "Seconds of film the memory before an event holds."),
    "clips_open": ("edgedet_recorder_clips_open", "Clips that are being written or wait for a disk."),
}


def event_metrics(control: Measured, report: Mapping[str, Any]) -> Iterator[Metric]:
    """Events that started, notes of them that wait for the storage, and what each camera's recorder has done.

    Args:
        control: whose.
        report: what it said just now.
    """
    started = dict.fromkeys(_possible(control.settings.config), 0) | control.monitor.told.started()
    yield counter("edgedet_events", "Events that started.", ("camera", "rule", "label"), started.items())
    events = report.get("events")
    if events is None:
        return
    yield gauge(
        "edgedet_event_notes_waiting", "Notes of events that wait for the storage.", (), [((), events["waiting"])]
    )
    yield counter("edgedet_event_notes_lost", "Notes of events that were lost.", (), [((), events["lost"])])
    recorders, label = events["recorders"].items(), ("camera",)
    for key, (name, text) in _RECORDED.items():
        yield counter(name, text, label, [((camera,), stats[key]) for camera, stats in recorders])
    for key, (name, text) in _HELD.items():
        yield gauge(name, text, label, [((camera,), stats[key]) for camera, stats in recorders])
    yield gauge(
        "edgedet_recorder_trouble",
        "1 while nothing can be written.",
        label,
        [((camera,), float(bool(stats["trouble"]))) for camera, stats in recorders],
    )


def service_metrics(report: Mapping[str, Any]) -> Iterator[Metric]:
    """How often each service failed, whether it is connected, and the messages it has sent and could not send yet.

    Args:
        report: what control said just now. A service that sends to several has ``receivers`` there, by name.
    """
    services: Mapping[str, Mapping[str, Any]] = report.get("services", {})
    yield counter(
        "edgedet_service_errors",
        "How often the service failed and was begun again.",
        ("service",),
        [((name,), said["errors"]) for name, said in services.items()],
    )
    yield gauge(
        "edgedet_service_connected",
        "Whether the service is connected to its broker.",
        ("service",),
        [((name,), float(said["connected"])) for name, said in services.items() if "connected" in said],
    )
    senders = {(name, ""): said for name, said in services.items()}
    senders |= {(name, to): each for name, said in services.items() for to, each in said.get("receivers", {}).items()}
    labels = ("service", "receiver")
    yield counter(
        "edgedet_messages_sent",
        "Messages that were sent.",
        labels,
        [(sender, said["sent"]) for sender, said in senders.items() if "sent" in said],
    )
    yield gauge(
        "edgedet_messages_waiting",
        "Messages that wait to be sent.",
        labels,
        [(sender, said["waiting"]) for sender, said in senders.items() if "waiting" in said],
    )


def _possible(config: Config) -> Iterator[tuple[str, str, str]]:
    """What can happen: a count that begins at its first event would hide that one from ``increase()``."""
    for camera in config.cameras:
        for name, rule in camera.rules.items():
            if rule.enabled:
                yield camera.name, name, rule.label or name
