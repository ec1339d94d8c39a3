"""Figures for Prometheus: what the monitor counts, in its text format, at ``/metrics``.

    control -> Collector -> render() -> the web application's route, or MetricsService with a port of its own

Nothing is counted here: the stages count, and what they have is read when Prometheus asks.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from edgedet.config.metrics import MetricsConfig
from edgedet.errors import ExtraMissing

if TYPE_CHECKING:
    from edgedet.metrics.measured import Measured
    from edgedet.metrics.service import MetricsService


def build_metrics(config: MetricsConfig, control: Measured) -> MetricsService | None:
    """The server of the figures, not yet open; None where the settings don't ask for it.

    Args:
        config: the table ``[metrics]``.
        control: whose figures.

    Raises:
        ExtraMissing: prometheus-client isn't installed.
    """
    if not config.enabled:
        return None
    if find_spec("prometheus_client") is None:
        raise ExtraMissing("metrics: prometheus-client isn't installed; install edgedet[metrics]")
    from edgedet.metrics.service import MetricsService

    return MetricsService(config, control)
