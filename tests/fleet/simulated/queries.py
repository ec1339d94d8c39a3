"""The dashboards' queries, asked of a Prometheus that runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.fleet.simulated.broker import FLEET
from tests.fleet.simulated.scraped import Prometheus
from tests.metrics.scraping import MONITORING

DASHBOARDS = (FLEET / "grafana" / "dashboards" / "fleet.json", MONITORING / "grafana-dashboard.json")


def panels(dashboard: Path) -> Iterator[tuple[str, list[str]]]:
    """Each panel that asks something: its title, and its queries."""
    for panel in json.loads(dashboard.read_text())["panels"]:
        if queries := [target["expr"] for target in panel.get("targets", [])]:
            yield panel["title"], queries


def filled(query: str, instance: str, every: int) -> str:
    """A query as Grafana sends it: for one instance, all of its cameras, at Prometheus' interval between scrapes."""
    wide = query.replace("$__rate_interval", f"{every * 4}s")
    return wide.replace("$instance", instance).replace("$camera", ".*").replace("$site", ".*")


def empty(prometheus: Prometheus, instances: Iterable[str], every: int, known: Mapping[str, str]) -> list[str]:
    """Panels none of whose queries gives anything, as ``INSTANCE: TITLE``; those in ``known`` may."""
    return [
        f"{instance}: {title}"
        for instance in instances
        for dashboard in DASHBOARDS
        for title, queries in panels(dashboard)
        if title not in known and not any(prometheus.query(filled(each, instance, every)) for each in queries)
    ]
