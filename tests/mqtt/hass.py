"""A real Home Assistant, started in a folder of its own and asked over its REST interface."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.mqtt.mosquitto import PASSWORD, USER, Mosquitto, free_port

VARIABLE = "TEST_HASS"

CONFIGURATION = """
homeassistant: {{name: Test, latitude: 52, longitude: 13, elevation: 30, unit_system: metric, time_zone: UTC}}
http: {{server_host: 127.0.0.1, server_port: {port}}}
api:
config:
"""


def hass() -> str:
    """The program; the test is skipped where there is none."""
    found = os.environ.get(VARIABLE) or shutil.which("hass")
    if found is None or not Path(found).exists():
        pytest.skip(
            f"needs Home Assistant: tests/mqtt/home_assistant.sh installs it, {VARIABLE} says where bin/hass is"
        )
    return found


class HomeAssistant:
    """One that runs, and knows a broker."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self.folder, self.port = folder, free_port()
        folder.mkdir()
        (folder / "configuration.yaml").write_text(CONFIGURATION.format(port=self.port))
        program = hass()
        subprocess.run(
            [program, "--script", "auth", "-c", folder, "add", "tb", "tbpass"],
            check=True,
            capture_output=True,
            timeout=120,
        )
        self._log = (folder / "out.log").open("wb")
        self.process = subprocess.Popen([program, "-c", str(folder)], stdout=self._log, stderr=self._log)
        self._token = ""
        self.wait(self._log_in, 180)
        flow = self.ask("POST", "/api/config/config_entries/flow", {"handler": "mqtt"})
        broker_at = {"broker": "127.0.0.1", "port": broker.port, "username": USER, "password": PASSWORD}
        made = self.ask("POST", f"/api/config/config_entries/flow/{flow['flow_id']}", broker_at)
        assert made["type"] == "create_entry", made

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        reply = self.fetch(method, path, body)
        return json.loads(reply) if reply else None

    def fetch(self, method: str, path: str, body: Any = None) -> bytes:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, method=method)
        request.add_header("Content-Type", "application/json")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        with urllib.request.urlopen(request, timeout=10) as reply:
            return bytes(reply.read())

    def states(self) -> dict[str, Any]:
        """Every entity by its id."""
        return {each["entity_id"]: each for each in self.ask("GET", "/api/states")}

    def state(self, entity: str) -> str | None:
        """How an entity stands; None: there is none."""
        found = self.states().get(entity)
        return str(found["state"]) if found is not None else None

    def number(self, entity: str) -> float:
        """What a sensor shows; -1: nothing yet."""
        try:
            return float(self.state(entity) or "")
        except ValueError:
            return -1

    def call(self, service: str, entity: str) -> None:
        """``switch/turn_off`` of an entity."""
        self.ask("POST", f"/api/services/{service}", {"entity_id": entity})

    def wait(self, ready: Callable[[], object], timeout: float = 30) -> None:
        deadline = time.monotonic() + timeout
        while not ready():
            assert self.process.poll() is None, self.log()
            if time.monotonic() > deadline:
                states = {name: each["state"] for name, each in self.states().items()}
                raise AssertionError(f"{states}\n{self.log()}")
            time.sleep(0.25)

    def log(self) -> str:
        """What it has to say, below what it says every day."""
        return (self.folder / "home-assistant.log").read_text(errors="replace")

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._log.close()

    def _log_in(self) -> bool:
        client = f"http://127.0.0.1:{self.port}/"
        start = {"client_id": client, "handler": ["homeassistant", None], "redirect_uri": client}
        try:
            flow = self.ask("POST", "/auth/login_flow", start)
        except (urllib.error.URLError, ConnectionError):
            return False  # not up yet
        who = {"client_id": client, "username": "tb", "password": "tbpass"}
        code = self.ask("POST", f"/auth/login_flow/{flow['flow_id']}", who)["result"]
        form = urllib.parse.urlencode({"client_id": client, "grant_type": "authorization_code", "code": code})
        with urllib.request.urlopen(f"{client}auth/token", form.encode(), timeout=10) as reply:
            self._token = json.loads(reply.read())["access_token"]
        return True


@contextmanager
def home_assistant(folder: Path, broker: Mosquitto) -> Iterator[HomeAssistant]:
    running = HomeAssistant(folder, broker)
    try:
        yield running
    finally:
        running.close()
