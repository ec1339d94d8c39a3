"""Reads every counter there is when Prometheus asks."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from edgedet.metrics.cameras import camera_metrics, publisher_metrics
from edgedet.metrics.drift import drift_metrics
from edgedet.metrics.events import event_metrics, service_metrics
from edgedet.metrics.governor import governor_metrics
from edgedet.metrics.machine import machine_metrics, storage_metrics
from edgedet.metrics.measured import Measured


class Collector:
    """All figures of a running application, for a ``prometheus_client`` registry.

    It holds no figures itself, so that any number of them may read the same.

    Args:
        control: whose.
    """

    def __init__(self, control: Measured) -> None:
        self._control = control

    def collect(self) -> Iterator[Metric]:
        """Each figure as it is now, with its name, text and labels; those that have no value yet are left out."""
        for metric in self._all():
            if metric.samples:
                yield metric

    def _all(self) -> Iterator[Metric]:
        control, report = self._control, self._control.report()
        yield from machine_metrics(report)
        yield from camera_metrics(control)
        yield from publisher_metrics(control)
        yield from event_metrics(control, report)
        yield from storage_metrics(control)
        yield from service_metrics(report)
        yield from governor_metrics(report)
        yield from drift_metrics(report)
