"""What targets.py makes of an inventory."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fleet.simulated.broker import FLEET
from tests.metrics.scraping import promtool

INVENTORY: dict[str, Any] = {
    "_meta": {"hostvars": {
        "cam01": {"ansible_host": "10.0.0.7", "edgedet_site": "barn"},
        "cam02": {"ansible_host": "fe80::1", "edgedet_metrics_port": 9200},
        "cam03": {"edgedet_web_port": 8443},
        "other": {"ansible_host": "10.0.0.99"},
    }},
    "all": {"children": ["ungrouped", "cameras", "servers"]},
    "cameras": {"children": ["barn", "yard"]},
    "barn": {"hosts": ["cam01", "cam02"]},
    "yard": {"hosts": ["cam02", "cam03"]},
    "servers": {"hosts": ["other"]},
}  # fmt: skip


def told(folder: Path, inventory: object = INVENTORY) -> subprocess.CompletedProcess[str]:
    """Run it on a folder that has Prometheus' settings."""
    shutil.copy(FLEET / "prometheus" / "prometheus.yml", folder)
    return again(folder, inventory)


def again(folder: Path, inventory: object = INVENTORY) -> subprocess.CompletedProcess[str]:
    text = inventory if isinstance(inventory, str) else json.dumps(inventory)
    command = [sys.executable, str(FLEET / "targets.py"), "--to", str(folder)]
    return subprocess.run(command, input=text, text=True, capture_output=True, timeout=60)


def targets(folder: Path) -> dict[str, dict[str, Any]]:
    found = json.loads((folder / "targets" / "cameras.json").read_text())
    return {each["labels"]["instance"]: each for each in found}


def test_cameras_are_found_by_their_metrics_port(tmp_path: Path) -> None:
    assert told(tmp_path).returncode == 0
    found = targets(tmp_path)
    assert {name: each["targets"] for name, each in found.items()} == {
        "cam01": ["10.0.0.7:9101"],
        "cam02": ["[fe80::1]:9200"],
        "cam03": ["cam03:9101"],
    }
    assert [found[name]["labels"]["site"] for name in ("cam01", "cam03")] == ["barn", "here"]
    assert (tmp_path / "prometheus.yml").read_text() == (FLEET / "prometheus" / "prometheus.yml").read_text()


def test_a_camera_with_a_token_gets_a_job_of_its_own_under_the_common_name(tmp_path: Path) -> None:
    folder = tmp_path / "prometheus"
    (folder / "tokens").mkdir(parents=True)
    (folder / "tokens" / "cam03").write_text("edgedet_secret")
    assert told(folder).stdout == "2 cameras by their metrics port, 1 by token\n"
    assert set(targets(folder)) == {"cam01", "cam02"}
    *_, job = yaml.safe_load((folder / "prometheus.yml").read_text())["scrape_configs"]
    assert job["authorization"] == {"credentials_file": str(folder / "tokens" / "cam03")}
    assert job["static_configs"][0]["targets"] == ["cam03:8443"]
    assert job["tls_config"]["ca_file"] == str(tmp_path / "tls" / "ca.crt")
    assert job["relabel_configs"] == [{"target_label": "job", "replacement": "edgedet"}]
    assert "edgedet_secret" not in (folder / "prometheus.yml").read_text()


def test_prometheus_takes_what_it_writes_and_a_camera_that_lost_its_token_goes_back(tmp_path: Path) -> None:
    folder = tmp_path / "prometheus"
    (folder / "tokens").mkdir(parents=True)
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls" / "ca.crt").write_text("")
    (tmp_path / "monitoring").mkdir()
    for name in ("cam01", "cam03"):
        (folder / "tokens" / name).write_text("edgedet_secret")
    told(folder)
    (folder / "tokens" / "cam01").unlink()
    again(folder)
    text = (folder / "prometheus.yml").read_text()
    assert text.count('job_name": "edgedet-') == 1
    (folder / "prometheus.yml").write_text(text.replace("/etc/edgedet-fleet", str(tmp_path)))
    promtool("check", "config", folder / "prometheus.yml")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("porch.local\n", "is no inventory; pipe"),
        ("[]", "is no inventory; pipe"),
        ({"all": {"hosts": ["x"]}}, "no hosts in the group cameras; name them"),
    ],
)
def test_what_is_no_inventory_is_refused_in_a_line(tmp_path: Path, given: object, words: str) -> None:
    done = told(tmp_path, given)
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "targets").exists(), "what was there stays"
