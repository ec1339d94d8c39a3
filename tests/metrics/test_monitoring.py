"""What Prometheus' own tools, and Prometheus itself, make of the figures, the alerts and the dashboard."""

from __future__ import annotations

import json
import re
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from edgedet.app import App
from edgedet.config.metrics import MetricsConfig
from edgedet.inference.detector import Detector
from edgedet.metrics import build_metrics
from edgedet.metrics.render import render
from edgedet.stages import build_cameras, build_keeping
from tests.drivers import Collector
from tests.metrics.made import Desk, demo, fetch, of, parsed, settings, until
from tests.metrics.scraping import DASHBOARD, MONITORING, filled, panels, prometheus, promtool, tool
from tests.metrics.test_render import put_board

TESTS = Path(__file__).with_name("alerts_test.yml")
SETTINGS = """
[source]
uri = "demo:"
[storage]
path = "kept"
[retention]
write_gb_per_day = 100
"""


def names() -> set[str]:
    """Every metric that the dashboard and the alerts ask for."""
    text = json.dumps(DASHBOARD) + (MONITORING / "edgedet.rules.yml").read_text()
    return set(re.findall(r"\b(?:edgedet|process)_[a-z_]+[a-z]\b", text))


def test_promtool_finds_nothing_wrong_with_the_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool("promtool")
    put_board(tmp_path, monkeypatch, 61500, 0x50005)
    (tmp_path / "kept").mkdir()
    with demo(tmp_path, SETTINGS) as desk:
        until(lambda: desk.report()["events"]["told"])
        desk.more = {"services": {"mqtt": {"connected": True, "sent": 1, "waiting": 2, "errors": 0}}}
        body = render(desk)[0]
    assert promtool("check", "metrics", given=body) == ""
    told = {name for name, _ in parsed(body)}
    assert names() <= told, "the dashboard and the alerts ask for what there is"


def test_promtool_refuses_what_breaks_the_conventions() -> None:
    with pytest.raises(AssertionError, match="counter metrics should have"):
        promtool("check", "metrics", given=b"# HELP edgedet_x x\n# TYPE edgedet_x counter\nedgedet_x 1\n")


def test_every_alert_fires_at_what_it_is_for() -> None:
    promtool("check", "config", MONITORING / "prometheus.yml")
    promtool("check", "rules", MONITORING / "edgedet.rules.yml")
    promtool("test", "rules", TESTS)
    alerts = set(re.findall(r"alert: (\w+)", (MONITORING / "edgedet.rules.yml").read_text()))
    tested = set(re.findall(r'alertname(?:="|: )(\w+)', TESTS.read_text()))
    assert alerts == tested


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    assert [each["name"] for each in DASHBOARD["templating"]["list"]] == ["datasource", "instance", "camera"]
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, f"{panel['title']} lies on another panel"
        taken |= cells
        if panel["type"] == "row":
            continue
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert [target["refId"] for target in panel["targets"]] == list("ABCDEFGH"[: len(panel["targets"])])
    for title, query in panels():
        assert "$instance" in query, f"{title}: {query}"


class Waiting:
    """A service with messages that can't be sent."""

    name = "mqtt"

    def __init__(self) -> None:
        self._closed = threading.Event()

    def open(self) -> None:
        pass

    def run(self) -> None:
        self._closed.wait()

    def close(self) -> None:
        self._closed.set()

    def report(self) -> dict[str, Any]:
        return {"connected": False, "sent": 1, "waiting": 3}


@pytest.mark.slow
def test_prometheus_has_data_for_every_query(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool("prometheus")
    put_board(tmp_path, monkeypatch, 61500, 0x50005)
    (tmp_path / "kept").mkdir()
    found = settings(tmp_path, SETTINGS)
    detector, keeping = Detector(threads=1), build_keeping(found.config)
    app = App(build_cameras(found.config, detector, keeping.recorders), detector, [Collector("sink")], 0, None, keeping)
    desk = Desk(app.monitor, found, say=app.report)
    service = build_metrics(MetricsConfig(enabled=True, port=0), desk)
    assert service is not None
    app.add([], [service, Waiting()])
    keeping.keeper.listen(app.monitor.told)
    thread = threading.Thread(target=app.run, name="test-app")
    thread.start()
    try:
        until(lambda: service.url)
        with prometheus(tmp_path, [urlsplit(service.url).netloc]) as asked:
            until(lambda: asked.query('up{job="edgedet"} == 1'))
            until(lambda: asked.query("sum(edgedet_events_total) > 0"), 30)
            until(lambda: asked.query('count_over_time(up{job="edgedet"}[1m]) > 8'), 30)
            scraped = time.monotonic()
            fetch(service.url)
            took = time.monotonic() - scraped
            empty = [(title, query) for title, query in panels() if not asked.query(filled(query))]
            assert not empty
            for variable, expected in (("instance", urlsplit(service.url).netloc), ("camera", "camera")):
                assert asked.ask(f"label/{variable}/values", **{"match[]": "edgedet_frames_captured_total"}) == [
                    expected
                ]
            rules = [rule for group in asked.ask("rules")["groups"] for rule in group["rules"]]
            assert {rule["health"] for rule in rules} == {"ok"}
            fires = {alert["labels"]["alertname"] for alert in asked.ask("alerts")["alerts"]}
            assert "EdgedetUndervoltage" in fires, "as the board says"
            assert not fires & {"EdgedetDown", "EdgedetCameraSilent", "EdgedetDetectorStuck", "EdgedetClockWrong"}
            assert of(parsed(fetch(service.url)[1]), "edgedet_frames_detected_total", camera="camera") > 0
            print(f"a scrape took {took * 1e3:.0f} ms")
    finally:
        app.stop()
        thread.join(20)
    assert not thread.is_alive()
