"""Settings of MQTT: what fits together, and what is said where it doesn't."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from edgedet.config.mqtt import MqttConfig
from edgedet.errors import ConfigError
from edgedet.mqtt.access import broker_of, client_id, password, slug, tls_context
from edgedet.settings import load


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"topic": ""}, "can't begin a topic"),
        ({"topic": "/home"}, "can't begin a topic"),
        ({"topic": "$SYS"}, "can't begin a topic"),
        ({"topic": "home/+"}, "'+' in it"),
        ({"topic": "home\n"}, "in it"),
        ({"topic": "x" * 201}, "200 is the most"),
        ({"discovery_prefix": "#"}, "discovery_prefix: "),
        ({"tls": True, "cert_file": Path("c")}, "go together"),
        ({"ca_file": Path("c")}, "set tls = true"),
        ({"user": "a", "password_file": Path("p"), "password_credential": "p"}, "set one"),
        ({"password_file": Path("p")}, "no user"),
        ({"qos_events": 3}, "2"),
    ],
)
def test_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words.replace("+", r"\+").replace("$", r"\$")):
        MqttConfig(**given)


def test_the_usual_ports() -> None:
    assert MqttConfig().port_used == 1883
    assert MqttConfig(tls=True).port_used == 8883
    assert MqttConfig(port=1).port_used == 1


def test_names() -> None:
    assert client_id(MqttConfig(client_id="porch")) == "porch"
    assert client_id(MqttConfig()).startswith("edgedet-")
    assert slug("garten/süd 2") == "garten_s_d_2"


def test_a_file_with_a_password(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "password"
    config = MqttConfig(user="cam", password_file=file)
    with pytest.raises(ConfigError, match=r"mqtt.password_file: .*password can't be read: No such file"):
        password(config)
    file.write_text("\n")
    with pytest.raises(ConfigError, match="is empty"):
        password(config)
    file.write_bytes(b"\xff\xfe\n")
    with pytest.raises(ConfigError, match="it isn't text"):
        password(config)
    file.write_text("se cret \n")
    file.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        assert password(config) == "se cret "
    assert "chmod 600" in caplog.text
    assert "se cret" not in caplog.text + repr(broker_of(config)) + str(broker_of(config))


def test_a_credential(tmp_path: Path) -> None:
    config = MqttConfig(user="cam", password_credential="broker")
    with pytest.raises(ConfigError, match="LoadCredential=broker"):
        password(config, {})
    (tmp_path / "broker").write_text("secret\n")
    assert password(config, {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "secret"


def test_files_that_are_no_certificates(tmp_path: Path) -> None:
    file = tmp_path / "a.pem"
    with pytest.raises(ConfigError, match=r"mqtt.ca_file: .*No such file"):
        tls_context(MqttConfig(tls=True, ca_file=file))
    file.write_text("hello")
    with pytest.raises(ConfigError, match=r"mqtt.ca_file: .* is no certificate"):
        tls_context(MqttConfig(tls=True, ca_file=file))
    with pytest.raises(ConfigError, match=r"mqtt.cert_file: "):
        tls_context(MqttConfig(tls=True, cert_file=file, key_file=file))


def test_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "edgedet.toml"
    file.write_text('[mqtt]\nhost = "broker"\nuser = "cam"\npassword_file = "secrets/mqtt"\nversion = "3.1.1"\n')
    config = load({}, {}, file).config.mqtt
    assert (config.host, config.version, config.password_file) == ("broker", "3.1.1", tmp_path / "secrets" / "mqtt")
    file.write_text('[mqtt]\nversion = "4"\n')
    with pytest.raises(ConfigError, match=r"edgedet.toml:2: mqtt.version: \"4\" is not one of 5, 3.1.1"):
        load({}, {}, file)
