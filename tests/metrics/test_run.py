"""The installed program, scraped by a real Prometheus."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.program import running
from tests.metrics.made import fetch, until
from tests.metrics.scraping import filled, panels, prometheus, promtool, tool

SETTINGS = """
[source]
uri = "demo:"
[storage]
path = "kept"
[retention]
write_gb_per_day = 100
[mjpeg]
port = 0
[metrics]
enabled = true
port = 0
"""

OF_A_BOARD = {"edgedet_temperature_celsius", "edgedet_throttled", "edgedet_throttled_since_boot"}
"""There where it runs on a Raspberry Pi."""
OF_A_SENDER = {"edgedet_messages_waiting", "edgedet_messages_sent", "edgedet_service_connected"}
"""There where messages are sent."""


@pytest.mark.slow
def test_the_dashboard_of_a_real_run_has_data(tmp_path: Path) -> None:
    tool("prometheus")
    (tmp_path / "kept").mkdir()
    file = tmp_path / "edgedet.toml"
    file.write_text(SETTINGS)
    with running(tmp_path, "--config", file) as program:
        url = program.wait_for(r"figures for Prometheus: (http://\S+)")[1]
        assert promtool("check", "metrics", given=fetch(url)[1]) == ""
        with prometheus(tmp_path, [urlsplit(url).netloc]) as asked:
            until(lambda: asked.query("sum(edgedet_events_total) > 0"), 40)
            until(lambda: asked.query('count_over_time(up{job="edgedet"}[1m]) > 8'), 30)
            empty = [query for _, query in panels() if not asked.query(filled(query))]
            elsewhere = OF_A_BOARD | OF_A_SENDER
            assert not [query for query in empty if not any(name in query for name in elsewhere)]
            assert asked.query('edgedet_service_errors_total{service="metrics"} == 0')
            assert asked.query("edgedet_frames_detected_total > 0")
            assert asked.query('edgedet_frames_published_total{publisher="mjpeg"} > 0')
        program.process.terminate()
        assert program.process.wait(15) == 0, program.text()
    assert "Traceback" not in program.text()
