"""What the governor holds back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client.core import Metric

from edgedet.metrics.families import counter, gauge


def governor_metrics(report: Mapping[str, Any]) -> Iterator[Metric]:
    """Its limit and where it stands; nothing where none runs.

    Args:
        report: what control said just now.
    """
    said = report.get("services", {}).get("governor")
    if said is None:
        return
    for name, text, value in (
        ("limit_celsius", "What the governor keeps the board below.", said["limit"]),
        ("level", "Its level: 0 holds nothing back.", said["level"]),
        ("most_fps", "Frames a second that are looked at, at most; 0: no limit.", said["most_fps"]),
    ):
        yield gauge(f"edgedet_governor_{name}", text, (), [((), float(value))])
    yield counter("edgedet_governor_steps", "Steps it has taken, up and down.", (), [((), said["steps"])])
