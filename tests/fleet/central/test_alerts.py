"""What Prometheus' own tools make of the fleet's settings and alerts."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.fleet.simulated.broker import FLEET
from tests.metrics.scraping import MONITORING, promtool, tool

TESTS = Path(__file__).with_name("alerts_test.yml")
RULES = MONITORING / "fleet.rules.yml"


def test_every_alert_of_the_fleet_fires_at_what_it_is_for() -> None:
    promtool("check", "rules", RULES)
    promtool("test", "rules", TESTS)
    alerts = re.findall(r"alert: (\w+)", RULES.read_text())
    tested = re.findall(r"alertname: (\w+)", TESTS.read_text())
    assert set(alerts) == set(tested)


def test_there_is_an_alert_for_everything_a_camera_can_have() -> None:
    alerts = " ".join(path.read_text() for path in MONITORING.glob("*.rules.yml"))
    for name in ("CameraSilent", "FpsLow", "Hot", "Throttled", "DiskNearlyFull", "ClockWrong", "Drift"):
        assert f"alert: Edgedet{name}\n" in alerts


def test_prometheus_takes_the_settings_and_the_one_copy_of_the_rules(tmp_path: Path) -> None:
    shutil.copytree(MONITORING, tmp_path / "monitoring")
    config = tmp_path / "prometheus.yml"
    text = (FLEET / "prometheus" / "prometheus.yml").read_text()
    config.write_text(text.replace("/etc/edgedet-fleet", str(tmp_path)))
    said = promtool("check", "config", config)
    assert said.count("rules found") == 2


def test_no_alert_is_there_twice() -> None:
    alerts = [name for path in MONITORING.glob("*.rules.yml") for name in re.findall(r"alert: (\w+)", path.read_text())]
    assert len(alerts) == len(set(alerts))


def test_alertmanager_takes_its_settings_and_knows_the_alerts_it_holds_back() -> None:
    config = FLEET / "alertmanager.yml"
    alerts = set(re.findall(r"alert: (\w+)", " ".join(path.read_text() for path in MONITORING.glob("*.rules.yml"))))
    held = set(re.findall(r"alertname = (\w+)", config.read_text()))
    assert held <= alerts
    receivers = {each["name"] for each in yaml.safe_load(config.read_text())["receivers"]}
    assert yaml.safe_load(config.read_text())["route"]["receiver"] in receivers
    if shutil.which("amtool") is None:
        pytest.skip("needs amtool: apt-get install prometheus-alertmanager")
    done = subprocess.run([tool("amtool"), "check-config", str(config)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
