"""The fleet's dashboard: that Grafana takes it, and that every query gives data for every camera."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.fleet.central.serving import served
from tests.fleet.simulated.broker import FLEET
from tests.fleet.simulated.queries import DASHBOARDS, empty, filled, panels
from tests.fleet.simulated.scraped import Prometheus
from tests.metrics.made import demo, until
from tests.metrics.scraping import MONITORING, tool
from tests.metrics.test_render import put_board

BOARD = DASHBOARDS[0]
SETTINGS = '[source]\nuri = "demo:"\n[storage]\npath = "kept"\n[retention]\nwrite_gb_per_day = 100\n'
DRIFT = '# TYPE edgedet_drift gauge\nedgedet_drift{camera="camera"} 0.1\n'
CAMERAS = ("cam01", "cam02", "cam03")
EVERY = 5
"""Seconds between two looks of Prometheus."""


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    board = json.loads(BOARD.read_text())
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    assert [each["name"] for each in board["templating"]["list"]] == ["datasource", "site", "instance"]
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, f"{panel['title']} lies on another panel"
        taken |= cells
        if panel["type"] != "row":
            assert panel["fieldConfig"]["defaults"]["unit"]
            assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_every_query_is_about_the_chosen_cameras_and_links_to_a_dashboard_that_is_there() -> None:
    for title, queries in panels(BOARD):
        assert all("$instance" in query for query in queries), title
    linked = set(re.findall(r"/d/([\w-]+)\?", BOARD.read_text()))
    assert linked == {json.loads((MONITORING / "grafana-dashboard.json").read_text())["uid"]}


def test_grafana_finds_the_source_the_dashboards_ask_and_the_folder_they_are_in() -> None:
    folder = FLEET / "grafana" / "provisioning"
    sources = yaml.safe_load((folder / "datasources" / "prometheus.yaml").read_text())["datasources"]
    assert [each["type"] for each in sources] == ["prometheus", "alertmanager"]
    provider = yaml.safe_load((folder / "dashboards" / "edgedet.yaml").read_text())["providers"][0]
    assert provider["options"]["path"] == "/etc/edgedet-fleet/grafana/dashboards"
    assert '"$etc/grafana/dashboards/"' in (FLEET / "local.sh").read_text()


@pytest.mark.slow
def test_every_panel_has_data_for_every_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool("prometheus")
    put_board(tmp_path, monkeypatch, 61500, 0x50005)
    (tmp_path / "kept").mkdir()
    with demo(tmp_path, SETTINGS) as desk:
        desk.more = {"services": {"mqtt": {"connected": False, "sent": 1, "waiting": 2, "errors": 0}}}
        with served(desk, DRIFT) as port:
            prometheus = Prometheus(tmp_path / "fleet", EVERY)
            prometheus.find(dict.fromkeys(CAMERAS, port))
            prometheus.start()
            try:
                until(lambda: prometheus.value('min(sum_over_time(up{job="edgedet"}[1m]))') > 5, 120)
                until(lambda: prometheus.query("sum(edgedet_events_total) > 0"), 60)
                assert empty(prometheus, CAMERAS, EVERY, {}) == []
                for title, queries in panels(BOARD):
                    for query in queries:
                        found = prometheus.query(filled(query, ".*", EVERY))
                        named = {each["metric"].get("instance") for each in found} - {None}
                        assert found, title
                        assert not named or named == set(CAMERAS), title
                sites = prometheus.ask("label/site/values")
                assert sites == ["site0", "site1", "site2"]
                rules = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
                assert {rule["health"] for rule in rules} == {"ok"}
            finally:
                prometheus.stop()
