"""Figures for Prometheus."""

from __future__ import annotations

from edgedet.config.section import Section, key


class MetricsConfig(Section):
    """Figures for Prometheus, at ``/metrics`` of a port of their own; the web application has them too."""

    enabled: bool = key(False, "serve figures for Prometheus", "--metrics/--no-metrics")
    host: str = key("127.0.0.1", "address to listen on; 0.0.0.0 shows them to the whole network", min_length=1)
    port: int = key(9101, "port to listen on; 0: any free one", ge=0, le=65535)
