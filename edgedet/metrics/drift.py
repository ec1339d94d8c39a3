"""Whether what the cameras see has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client.core import Metric

from edgedet.metrics.families import gauge


def drift_metrics(report: Mapping[str, Any]) -> Iterator[Metric]:
    """How far each camera is from its days before; nothing while there is nothing to compare with.

    Args:
        report: what control said just now.
    """
    cameras = report.get("services", {}).get("drift", {}).get("cameras", {})
    yield gauge(
        "edgedet_drift",
        "How far the camera's picture is from that of the days before, 0 to 1: from 0.5 on it has changed.",
        ("camera",),
        [((name,), each["drift"]) for name, each in cameras.items() if each["drift"] is not None],
    )
    yield gauge(
        "edgedet_drift_changed",
        "Whether the camera's picture has changed, for longer than a moment.",
        ("camera",),
        [((name,), float(each["changed"] is not None)) for name, each in cameras.items()],
    )
