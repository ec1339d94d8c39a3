"""A real Prometheus, on loopback, for as long as a test lasts."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import urllib.parse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.metrics.made import fetch, until
from tests.places import ROOT

MONITORING = ROOT / "deploy" / "monitoring"
DASHBOARD = json.loads((MONITORING / "grafana-dashboard.json").read_text())


def tool(name: str) -> str:
    """Where a program of Debian's package ``prometheus`` is; the test is skipped where it isn't."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name}: apt-get install prometheus")
    return found


def promtool(*arguments: object, given: bytes = b"") -> str:
    """Run it; fails, with what it says, if it finds anything wrong."""
    command = [tool("promtool"), *map(str, arguments)]
    result = subprocess.run(command, input=given, capture_output=True, timeout=60)
    said = (result.stdout + result.stderr).decode()
    assert result.returncode == 0, said
    return said


def panels() -> Iterator[tuple[str, str]]:
    """Each panel's title and each of its queries."""
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def filled(query: str) -> str:
    """A query as Grafana sends it, for all cameras of all instances, scraped each second."""
    return query.replace("$__rate_interval", "5s").replace("$instance", ".*").replace("$camera", ".*")


@dataclass(frozen=True)
class Prometheus:
    """Asks one that runs."""

    url: str

    def ask(self, path: str, **parameters: str) -> Any:
        """What its HTTP API answers: https://prometheus.io/docs/prometheus/latest/querying/api/"""
        status, body, _ = fetch(f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}")
        answer = json.loads(body)
        assert status == 200, answer
        return answer["data"]

    def query(self, expression: str) -> list[Any]:
        """The series an expression gives now."""
        found: list[Any] = self.ask("query", query=expression)["result"]
        return found


@contextlib.contextmanager
def prometheus(folder: Path, targets: Sequence[str]) -> Iterator[Prometheus]:
    """One that scrapes these every second, as the example configuration says otherwise."""
    text = (MONITORING / "prometheus.yml").read_text()
    text = text.replace('["127.0.0.1:9101"]', json.dumps(list(targets))).replace("15s", "1s")
    shutil.copy(MONITORING / "edgedet.rules.yml", folder)
    (folder / "prometheus.yml").write_text(text)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [tool("prometheus"), f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'db'}"]
    command.append(f"--web.listen-address=127.0.0.1:{port}")
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    found = Prometheus(f"http://127.0.0.1:{port}")

    def ready() -> bool:
        assert process.poll() is None, (folder / "prometheus.log").read_text()
        with contextlib.suppress(OSError):
            return fetch(f"{found.url}/-/ready")[0] == 200
        return False

    try:
        until(ready, 30)
        yield found
    finally:
        process.terminate()
        process.wait(20)
