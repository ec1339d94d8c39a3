"""The service against a real broker."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgedet.mqtt import service
from tests.mqtt.home import Home, home
from tests.mqtt.house import change, frame, house
from tests.mqtt.mosquitto import Mosquitto, mosquitto, needs_mosquitto

pytestmark = needs_mosquitto


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path_factory.mktemp("broker"), tls=True) as running:
        yield running


@pytest.fixture(params=["5", "3.1.1"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _events(listener: Home, topic: str) -> list[tuple[str, str]]:
    return [(each["id"], each["phase"]) for each in listener.json(topic)]


def test_says_what_there_is(tmp_path: Path, broker: Mosquitto, version: str) -> None:
    base = f"t{version[0]}"
    with home(broker, f"a{version}", f"{base}/#") as listener:
        with house(tmp_path, broker, topic=base, version=version, client_id=f"p{version[0]}") as built:
            listener.wait(lambda: listener.on(f"{base}/camera/availability") == [b"online"])
            assert listener.on(f"{base}/availability") == [b"online"]
            assert listener.json(f"{base}/camera/state")[-1] == {
                "detection": "ON", "recording": "ON", "privacy": "OFF", "source": "open", "detail": "", "fps": 9.5,
            }  # fmt: skip
            assert listener.json(f"{base}/health")[-1]["temperature_c"] == 48.5
            built.see(("cat", (0.1, 0.6, 0.3, 0.9)), ("person", (0.1, 0.1, 0.3, 0.3)))
            built.service.hear(change(1))
            built.service.hear(change(1, "update", frame()))
            listener.wait(lambda: len(listener.on(f"{base}/camera/events")) == 2)
            listener.wait(lambda: listener.json(f"{base}/camera/objects")[-1]["rules"]["cat"] == "ON")
            assert listener.json(f"{base}/camera/objects")[-1] == {
                "total": 2, "labels": {"cat": 1, "dog": 0, "person": 1}, "zones": {"lawn": {"total": 1, "cat": 1}},
                "rules": {"cat": "ON", "fox-at-night": "OFF"},
            }  # fmt: skip
            [found] = listener.json(f"{base}/camera/detections")
            assert [each["label"] for each in found["objects"]] == ["cat", "person"]
            assert found["objects"][0]["box"] == [0.1, 0.6, 0.3, 0.9]
            [jpeg] = listener.on(f"{base}/camera/snapshot")
            assert cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).shape == (120, 160, 3)  # type: ignore[union-attr]
            built.service.hear(change(1, "end"))
            listener.wait(lambda: listener.json(f"{base}/camera/objects")[-1]["rules"]["cat"] == "OFF")
            listener.wait(lambda: _events(listener, f"{base}/camera/events")[-1][1] == "end")
            listener.wait(lambda: built.service.report()["waiting"] == 0)
            report = built.service.report()
            assert (report["connected"], report["connects"], report["sent"]) == (True, 1, 3)
        listener.wait(lambda: listener.on(f"{base}/availability") == [b"online", b"offline"])


def test_the_last_events_are_sent_at_the_end(
    tmp_path: Path, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "GRACE", 3.0)
    with home(broker, "z", "z/#") as listener:
        with house(tmp_path, broker, topic="z", client_id="z") as built:
            listener.wait(lambda: listener.on("z/availability"))
            for number in range(20):
                built.service.hear(change(number, "end"))
        listener.wait(lambda: len(_events(listener, "z/camera/events")) == 20)
        listener.wait(lambda: listener.on("z/availability")[-1] == b"offline")


def test_commands(tmp_path: Path, broker: Mosquitto, version: str) -> None:
    base = f"c{version[0]}"
    with (
        home(broker, f"c{version}", f"{base}/#") as listener,
        house(tmp_path, broker, topic=base, version=version, client_id=base) as built,
    ):
        listener.wait(lambda: listener.on(f"{base}/camera/state"))
        listener.say(f"{base}/camera/detection/set", "OFF")
        listener.wait(lambda: listener.json(f"{base}/camera/state")[-1]["detection"] == "OFF")
        assert not built.eye.detecting
        listener.say(f"{base}/detection/set", "on")
        listener.wait(lambda: listener.json(f"{base}/camera/state")[-1]["detection"] == "ON")
        listener.say(f"{base}/camera/recording/set", "OFF")
        listener.wait(lambda: listener.json(f"{base}/camera/state")[-1]["recording"] == "OFF")
        assert not built.recording.on
        listener.say(f"{base}/camera/privacy/set", "ON")
        listener.wait(lambda: listener.on(f"{base}/camera/availability")[-1] == b"offline")
        assert built.control.is_on("privacy", "camera")
        listener.say(f"{base}/privacy/set", "OFF")
        listener.wait(lambda: listener.on(f"{base}/camera/availability")[-1] == b"online")
        built.see()
        listener.say(f"{base}/camera/snapshot/take", "PRESS")
        listener.wait(lambda: listener.on(f"{base}/camera/snapshot"))
        listener.say(f"{base}/reload", "")
        listener.wait(lambda: listener.on(f"{base}/reload/answer"))
        assert listener.json(f"{base}/reload/answer") == [{"ok": True, "lines": ["rules.cat changed"]}]


NONSENSE: list[tuple[str, bytes | str, str]] = [
    ("camera/detection/set", "perhaps", "neither ON nor OFF"),
    ("camera/detection/set", b"\xff\xfe\x00", "neither ON nor OFF"),
    ("camera/detection/set", b"{" * 100_000, "neither ON nor OFF"),
    ("camera/detection/set", "", "neither ON nor OFF"),
    ("camera/lights/set", "ON", "no such switch"),
    ("lights/set", "ON", "no such switch"),
    ("garage/detection/set", "OFF", "no camera 'garage'"),
    ("garage/snapshot/take", "PRESS", "no camera 'garage'"),
    ("camera/snapshot/take", "now!", "means nothing"),
    ("reload", "reboot", "means nothing"),
]


def test_nonsense_is_refused_in_one_line(tmp_path: Path, broker: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    with home(broker, "n", "n/#") as listener, house(tmp_path, broker, topic="n", client_id="n") as built:
        listener.wait(lambda: built.service.report()["connected"])
        for number, (topic, payload, words) in enumerate(NONSENSE, 1):
            with caplog.at_level(logging.INFO):
                caplog.clear()
                for _ in range(3):
                    listener.say(f"n/{topic}", payload)
                listener.wait(lambda number=number: built.service.report()["commands"]["refused"] == 3 * number)  # type: ignore[misc]
                [line] = [record.getMessage() for record in caplog.records]
            assert words in line
            assert len(line) < 300
            assert "\n" not in line
        assert (built.eye.detecting, built.recording.on) == (True, True)
        assert built.service.report()["commands"]["done"] == 0


def test_a_retained_command_is_refused(tmp_path: Path, broker: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    with home(broker, "r", "r/#") as listener:
        listener.say("r/camera/detection/set", "OFF", retain=True)
        with caplog.at_level(logging.WARNING), house(tmp_path, broker, topic="r", client_id="r") as built:
            listener.wait(lambda: built.service.report()["commands"]["refused"] == 1)
            assert built.eye.detecting
        assert "retained" in caplog.text


def test_commands_can_be_refused_altogether(tmp_path: Path, broker: Mosquitto) -> None:
    topic = "ho/device/o/camera_camera/config"
    settings = {"topic": "o", "client_id": "o", "discovery_prefix": "ho", "commands": False}
    with home(broker, "o") as listener, house(tmp_path, broker, **settings) as built:
        listener.wait(lambda: listener.on("o/camera/state"))
        assert "command_topic" not in listener.on(topic)[-1].decode()
        listener.say("o/camera/detection/set", "OFF")
        listener.wait(lambda: listener.on("o/camera/detection/set"))
        time.sleep(0.3)
        assert built.eye.detecting


def test_detections_are_no_more_than_asked_for(tmp_path: Path, broker: Mosquitto) -> None:
    with (
        home(broker, "d", "d/#") as listener,
        house(tmp_path, broker, topic="d", client_id="d", detections_every=0.5) as built,
    ):
        listener.wait(lambda: listener.on("d/availability"))
        start, longest = time.monotonic(), 0.0
        while time.monotonic() < start + 2:
            before = time.perf_counter()
            built.see(("cat", (0.1, 0.6, 0.3, 0.9)))
            longest = max(longest, time.perf_counter() - before)
            time.sleep(0.02)
        assert 3 <= len(listener.on("d/camera/detections")) <= 6
        assert len(listener.on("d/camera/objects")) <= 2  # perhaps nothing there, then one cat: not 100 times
        assert longest < 0.05


def test_discovery_follows_the_settings(tmp_path: Path, broker: Mosquitto) -> None:
    topic = "ha/device/h/camera_camera/config"
    with home(broker, "h", "ha/#") as listener:
        with house(tmp_path, broker, topic="h", client_id="h", discovery_prefix="ha") as built:
            listener.wait(lambda: listener.on(topic))
            first = listener.json(topic)[-1]["components"]
            assert {"rule_cat", "zone_lawn", "count_cat", "zone_count_lawn", "snapshot", "detection", "privacy"} <= set(
                first
            )
            built.file.write_text("[rules.dog]\n")
            built.control.reload()
            listener.wait(lambda: "rule_dog" in listener.json(topic)[-1]["components"])
            listener.wait(lambda: "zone_lawn" not in listener.json(topic)[-1]["components"])
            removed = listener.json(topic)[-2]["components"]
            assert removed["zone_lawn"] == {"platform": "binary_sensor"}
            assert "rule_dog" in removed
        stale = {"components": {"old": {"platform": "sensor", "unique_id": "x"}}}
        listener.say(topic, json.dumps(stale), retain=True)
        listener.say("ha/device/h/camera_garage/config", json.dumps(stale), retain=True)
        count = len(listener.messages)
        with house(tmp_path, broker, topic="h", client_id="h", discovery_prefix="ha"):
            listener.wait(lambda: listener.on("ha/device/h/camera_garage/config")[-1] == b"")
            listener.wait(lambda: len(listener.on(topic)) >= 6)
            told = [json.loads(m.payload)["components"] for m in listener.messages[count:] if m.topic == topic]
            assert {"platform": "sensor"} in [each.get("old") for each in told]
            assert "old" not in told[-1]
        with house(tmp_path, broker, topic="h", client_id="h", discovery_prefix="ha", discovery=False):
            listener.wait(lambda: listener.on(topic)[-1] == b"")
