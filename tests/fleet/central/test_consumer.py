"""The consumer that README shows: each event once, whatever comes twice and whoever is killed."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgedet.event import Event
from tests.fleet.central.places import broker
from tests.fleet.central.talking import Talker, wait
from tests.fleet.simulated.broker import FLEET, Broker
from tests.mqtt.house import event
from tests.mqtt.mosquitto import needs_mosquitto

pytestmark = needs_mosquitto
TOPIC = "edgedet/cam01/camera/events"


@contextmanager
def consumer(running: Broker, to: Path, name: str = "archive-1") -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, str(FLEET / "consumer.py"), "--host", "127.0.0.1", "--port", str(running.port)]
    command += ["--name", name, "--tls", str(running.folder / "tls"), "--to", str(to)]
    process = subprocess.Popen(command)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(20)


def count(to: Path, query: str) -> int:
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(to)) as db:
        return int(db.execute(query).fetchone()[0])
    return 0


def kept(to: Path) -> int:
    return count(to, "SELECT count(*) FROM events")


def payload(what: Event) -> bytes:
    return json.dumps(what.to_dict()).encode()


def test_what_comes_again_changes_nothing_and_what_came_while_it_was_killed_comes_later(tmp_path: Path) -> None:
    to = tmp_path / "events.db"
    with broker(tmp_path / "broker", "cam01", "archive") as running:
        camera = Talker(running.port, running.folder / "tls", "cam01")
        try:
            with consumer(running, to) as process:
                while not kept(to):  # until it is subscribed
                    camera.say(TOPIC, payload(event(0)))
                for number in range(1, 10):
                    camera.say(TOPIC, payload(event(number)))
                    camera.say(TOPIC, payload(event(number)))
                camera.say(TOPIC, b"not an event")
                camera.say(TOPIC, payload(event(3, "end")))
                wait(lambda: kept(to) == 11)
                process.kill()
            for number in range(10, 20):
                camera.say(TOPIC, payload(event(number)))
            with consumer(running, to):
                wait(lambda: kept(to) == 21)
            assert count(to, "SELECT twice FROM wire") >= 9
            assert count(to, "SELECT odd FROM wire") == 1
            assert count(to, "SELECT count(*) FROM events WHERE camera = 'camera'") == 21
        finally:
            camera.close()
