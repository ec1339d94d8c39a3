"""The whole program through an outage of the broker and a kill: each event is told once, in order."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.e2e.program import edgedet, running
from tests.mqtt.home import home
from tests.mqtt.mosquitto import mosquitto, needs_mosquitto
from tests.mqtt.settings import settings_file

pytestmark = [pytest.mark.slow, needs_mosquitto]

OUTAGE = float(os.environ.get("TEST_OUTAGE", "60"))
"""Seconds without a broker."""


def test_outage_and_kill(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "broker", tls=True) as broker, home(broker, topic="edgedet/#") as listener:
        topic, settings = "edgedet/camera/events", settings_file(tmp_path, broker)

        def keys() -> list[tuple[str, str, float]]:
            return [(each["id"], each["phase"], each["end"]) for each in listener.json(topic)]

        with running(tmp_path, "--config", settings):
            listener.wait(lambda: len(keys()) >= 6, 60)
            broker.stop()
            time.sleep(OUTAGE / 2)
        with running(tmp_path, "--config", settings) as again:  # the one before was killed
            time.sleep(OUTAGE / 2)
            heard = len(keys())
            broker.start()
            again.wait_for("mqtt: connected", 90)
            listener.wait(lambda: len(keys()) > heard + 10, 60)
            assert listener.on("edgedet/availability")[-1] == b"online"
            again.process.terminate()
            again.process.wait(20)
        with running(tmp_path, "--config", settings, "--frames", 30) as last:  # what the end left over
            last.process.wait(60)
        told = keys()
    assert len(told) == len(set(told)), sorted(told)
    listed = edgedet("events", "list", "--json", "--config", settings)
    events = sorted(json.loads(listed.stdout), key=lambda event: str(event["id"]))
    for event in events:
        phases = [phase for name, phase, _ in told if name == event["id"]]
        assert phases[0] == "start"
        assert phases.count("start") == 1
        if event["phase"] == "end":
            assert phases[-1] == "end", event
            assert phases.count("end") == 1
    starts = [name for name, phase, _ in told if phase == "start"]
    assert starts == [event["id"] for event in events][: len(starts)]
    assert len(events) >= 6
    assert b"offline" in listener.on("edgedet/availability")
