"""The governor's figures for Prometheus."""

from __future__ import annotations

import pytest

pytest.importorskip("prometheus_client")

from edgedet.metrics.governor import governor_metrics


def test_where_it_stands() -> None:
    said = {"limit": 76.0, "level": 3, "most_fps": 8.8, "steps": 5, "celsius": 70.1}
    found = {metric.name: metric.samples[0].value for metric in governor_metrics({"services": {"governor": said}})}
    assert found == {
        "edgedet_governor_limit_celsius": 76,
        "edgedet_governor_level": 3,
        "edgedet_governor_most_fps": 8.8,
        "edgedet_governor_steps": 5,
    }


def test_without_one_there_are_no_figures() -> None:
    assert not list(governor_metrics({"services": {}}))
