"""``edgedet mqtt test``: whether the broker is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgedet.config.mqtt import MqttConfig
from edgedet.errors import OutputError
from edgedet.mqtt.trial import try_out
from tests.mqtt.home import home
from tests.mqtt.mosquitto import PASSWORD, USER, Mosquitto, mosquitto, needs_mosquitto

pytestmark = needs_mosquitto


def _config(folder: Path, broker: Mosquitto) -> MqttConfig:
    file = folder / "password"
    file.write_text(PASSWORD)
    file.chmod(0o600)
    return MqttConfig(host="127.0.0.1", port=broker.port, user=USER, password_file=file, client_id="porch")


def test_it_is(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "broker") as broker, home(broker) as listener:
        first, second = try_out(_config(tmp_path, broker))
        assert "connected as porch-test" in first
        assert "MQTT 5, not encrypted" in first
        assert "edgedet/porch-test/echo: a message came back in" in second
        listener.wait(lambda: listener.messages)
        assert [message.topic for message in listener.messages] == ["edgedet/porch-test/echo"]


def test_it_isnt(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "broker", started=False) as broker, pytest.raises(OutputError, match="nobody listens"):
        list(try_out(_config(tmp_path, broker)))


def test_it_keeps_what_it_hears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgedet.mqtt.trial.ANSWER", 0.5)
    with (
        mosquitto(tmp_path / "broker", acl=f"user {USER}\ntopic write edgedet/#\n") as broker,
        pytest.raises(OutputError, match="doesn't come back; let cam write and read it"),
    ):
        list(try_out(_config(tmp_path, broker)))
