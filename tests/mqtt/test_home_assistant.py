"""A real Home Assistant finds the device, shows it and switches it. See home_assistant.sh."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.e2e.program import running
from tests.mqtt.hass import hass, home_assistant
from tests.mqtt.house import change, frame, house
from tests.mqtt.mosquitto import mosquitto, needs_mosquitto
from tests.mqtt.settings import settings_file

pytestmark = [pytest.mark.slow, needs_mosquitto]


def test_the_whole_program(tmp_path: Path) -> None:
    """What a user does first: looks, and turns detection off and on again."""
    hass()
    with mosquitto(tmp_path / "broker") as broker, home_assistant(tmp_path / "hass", broker) as home:
        settings = settings_file(tmp_path, broker)
        with running(tmp_path, "--config", settings) as program:
            home.wait(lambda: "camera.camera_snapshot" in home.states(), 120)
            home.wait(lambda: home.number("sensor.camera_fps") > 1)
            home.wait(lambda: home.state("binary_sensor.camera_person") == "on", 60)
            home.call("button/press", "button.camera_take_snapshot")
            home.wait(lambda: home.states()["camera.camera_snapshot"]["state"] == "idle")
            home.call("switch/turn_off", "switch.camera_detection")
            home.wait(lambda: home.state("switch.camera_detection") == "off")
            home.wait(lambda: home.number("sensor.camera_objects") == 0)
            program.wait_for("camera: detection is off")
            home.call("switch/turn_on", "switch.camera_detection")
            home.wait(lambda: home.state("switch.camera_detection") == "on")
            home.wait(lambda: home.number("sensor.camera_objects") > 0, 60)
            jpeg = home.fetch("GET", "/api/camera_proxy/camera.camera_snapshot")
            assert cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) is not None
        home.wait(lambda: home.state("switch.camera_detection") == "unavailable", 60)  # it was killed


def test_every_entity(tmp_path: Path) -> None:
    hass()
    with mosquitto(tmp_path / "broker") as broker, home_assistant(tmp_path / "hass", broker) as home:
        with house(tmp_path, broker) as built:
            home.wait(lambda: home.state("switch.camera_detection") == "on", 60)
            built.see(("cat", (0.1, 0.6, 0.3, 0.9)))
            built.service.hear(change(1, "start", frame()))
            home.wait(lambda: home.state("binary_sensor.camera_cat") == "on")
            home.wait(lambda: home.state("binary_sensor.camera_lawn_occupied") == "on")
            home.wait(lambda: home.state("sensor.edgedet_temperature") == "48.5")
            states = {name: each["state"] for name, each in home.states().items()}
            assert states["sensor.camera_cat_count"] == states["sensor.camera_objects"] == "1"
            assert states["sensor.camera_lawn_count"] == "1"
            assert states["sensor.camera_fps"] == states["sensor.edgedet_fps"] == "9.5"
            assert states["binary_sensor.camera_fox_at_night"] == "off"
            assert states["binary_sensor.edgedet_throttled"] == "off"
            assert states["sensor.camera_source"] == "open"
            assert states["update.edgedet_version"] == "off"  # it is the newest
            assert {"button.edgedet_reload_settings", "button.camera_take_snapshot"} <= set(states)
            event = home.states()["event.camera_event"]["attributes"]
            assert (event["event_type"], event["label"], event["zones"]) == ("start", "cat", ["lawn"])

            home.wait(lambda: "camera.camera_snapshot" in home.states(), 90)
            jpeg = home.fetch("GET", "/api/camera_proxy/camera.camera_snapshot")
            assert cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).shape == (120, 160, 3)  # type: ignore[union-attr]

            home.call("switch/turn_off", "switch.camera_detection")
            home.wait(lambda: home.state("switch.camera_detection") == "off")
            assert not built.eye.detecting
            home.call("switch/turn_on", "switch.camera_detection")
            home.wait(lambda: home.state("switch.camera_detection") == "on")
            assert built.eye.detecting
            home.call("switch/turn_on", "switch.camera_privacy")
            home.wait(lambda: home.state("binary_sensor.camera_cat") == "unavailable")
            assert home.state("switch.camera_privacy") == "on"
            home.call("switch/turn_off", "switch.camera_privacy")
            home.wait(lambda: home.state("binary_sensor.camera_cat") == "on")

            built.file.write_text("[rules.dog]\n")
            home.call("button/press", "button.edgedet_reload_settings")
            home.wait(lambda: home.state("binary_sensor.camera_dog") == "off")
            home.wait(lambda: home.state("binary_sensor.camera_lawn_occupied") is None)
        home.wait(lambda: home.state("switch.camera_detection") == "unavailable")
        with house(tmp_path, broker, discovery=False):
            home.wait(lambda: home.state("switch.camera_detection") is None)
        bad = [line for line in home.log().splitlines() if "ERROR" in line or "WARNING" in line]
        assert not [line for line in bad if "mqtt" in line.lower()], bad
