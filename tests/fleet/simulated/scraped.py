"""The fleet's Prometheus by its own settings, on a free port of this machine."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil

from tests.fleet.simulated.broker import FLEET
from tests.metrics.scraping import MONITORING, tool
from tests.mqtt.mosquitto import free_port


class Prometheus:
    """Prometheus by ``deploy/fleet/prometheus`` and the rules of ``deploy/monitoring``.

    Args:
        folder: where its files go.
        every: seconds between two scrapes.
    """

    def __init__(self, folder: Path, every: int = 15) -> None:
        self.folder, self.port, self.every = folder, free_port(), every
        self._process: psutil.Popen | None = None
        rules = folder / "monitoring"
        rules.mkdir(parents=True)
        for each in MONITORING.glob("*.rules.yml"):
            shutil.copy(each, rules)
        (folder / "prometheus" / "targets").mkdir(parents=True)
        text = (FLEET / "prometheus" / "prometheus.yml").read_text().replace("/etc/edgedet-fleet", str(folder))
        text = text.replace("127.0.0.1:9090", f"127.0.0.1:{self.port}").replace("15s", f"{every}s")
        (folder / "prometheus" / "prometheus.yml").write_text(text)

    def find(self, cameras: Mapping[str, int]) -> None:
        """Tell it of cameras, by name and port of their figures, as an inventory would."""
        known = {
            name: {"ansible_host": "127.0.0.1", "edgedet_metrics_port": port, "edgedet_site": f"site{number % 3}"}
            for number, (name, port) in enumerate(cameras.items())
        }
        inventory = {"cameras": {"hosts": list(known)}, "_meta": {"hostvars": known}}
        command = [sys.executable, str(FLEET / "targets.py"), "--to", str(self.folder / "prometheus")]
        subprocess.run(command, input=json.dumps(inventory), text=True, check=True, capture_output=True)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = ["nice", "-n", "19", tool("prometheus"), "--web.enable-admin-api"]
        command.append(f"--config.file={self.folder / 'prometheus' / 'prometheus.yml'}")
        command.append(f"--storage.tsdb.path={self.folder / 'db'}")
        command.append(f"--web.listen-address=127.0.0.1:{self.port}")
        with (self.folder / "prometheus.log").open("w") as log:
            self._process = psutil.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self._process.poll() is None, (self.folder / "prometheus.log").read_text()
            with contextlib.suppress(OSError), self._open("/-/ready") as answer:
                if answer.status == 200:
                    return
            time.sleep(0.2)
        raise AssertionError("Prometheus isn't ready in a minute")

    def stop(self) -> None:
        """End it; twice is fine."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
        self._process = None

    def ask(self, path: str, post: bool = False, **parameters: str) -> Any:
        """What its HTTP API answers: https://prometheus.io/docs/prometheus/latest/querying/api/"""
        with self._open(f"/api/v1/{path}?{urllib.parse.urlencode(parameters)}", b"" if post else None) as answer:
            return json.load(answer)["data"]

    def query(self, expression: str) -> list[Any]:
        """The series an expression gives now."""
        found: list[Any] = self.ask("query", query=expression)["result"]
        return found

    def value(self, expression: str) -> float:
        """The one value an expression gives now; 0 where it gives none."""
        found = self.query(expression)
        return float(found[0]["value"][1]) if found else 0.0

    def used(self) -> Mapping[str, float]:
        """Processor seconds so far, and memory now in MB."""
        assert self._process is not None
        times = self._process.cpu_times()
        return {"cpu_s": float(times.user + times.system), "rss_mb": self._process.memory_info().rss / 2**20}

    def block(self) -> Mapping[str, float]:
        """What it keeps, written as a block as it would be after two hours: bytes, samples and series."""
        name = self.ask("admin/tsdb/snapshot", post=True)["name"]
        written = self.folder / "db" / "snapshots" / name
        blocks = [json.loads(path.read_text())["stats"] for path in written.glob("*/meta.json")]
        chunks = sum(path.stat().st_size for path in written.glob("*/chunks/*"))
        index = sum(path.stat().st_size for path in written.glob("*/index"))
        total = {key: float(sum(block[key] for block in blocks)) for key in ("numSamples", "numSeries")}
        return {
            "chunk_bytes": chunks, "index_bytes": index, "samples": total["numSamples"], "series": total["numSeries"]
        }  # fmt: skip

    @contextlib.contextmanager
    def _open(self, path: str, data: bytes | None = None) -> Iterator[Any]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data)
        with urllib.request.urlopen(request, timeout=30) as answer:
            yield answer
