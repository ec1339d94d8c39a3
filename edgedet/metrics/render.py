"""The figures as Prometheus reads them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder

from edgedet.metrics.collector import Collector
from edgedet.metrics.measured import Measured


def render(control: Measured, accept: str = "") -> tuple[bytes, str]:
    """Everything there is to say now.

    Those of the process (``process_cpu_seconds_total``, ``process_resident_memory_bytes``, ...) have the names that
    every program gives them: https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics

    Args:
        control: whose figures.
        accept: what the request's ``Accept`` header says; empty: Prometheus' own text format.

    Returns:
        The body, and its ``Content-Type``.
    """
    registry = CollectorRegistry()
    registry.register(Collector(control))
    ProcessCollector(registry=registry)
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type
