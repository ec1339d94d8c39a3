"""The broker of a fleet, as the recipe sets it up, lets each camera be itself and nobody else."""

from __future__ import annotations

import getpass
import logging
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgedet.config.mqtt import MqttConfig
from edgedet.errors import ConfigError, OutputError
from edgedet.mqtt import service
from tests.fleet.recipe import broker_settings
from tests.mqtt.house import House, house
from tests.mqtt.mosquitto import MOSQUITTO, Mosquitto, free_port, mosquitto, needs_mosquitto

pytest.importorskip("cryptography", reason="needs edgedet[web]")
from edgedet.fleet.authority import found, issue, revoke
from edgedet.fleet.folder import FleetFolder
from edgedet.mqtt.trial import try_out

pytestmark = needs_mosquitto


class FleetBroker(Mosquitto):
    """The recipe's broker, on loopback, with a fleet of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.tls = folder, free_port(), True
        self.log, self._process = folder / "mosquitto.log", None
        self.fleet = FleetFolder(folder / "fleet")
        found(self.fleet, "a fleet for tests")
        issue(self.fleet, "localhost", ["127.0.0.1"], server=True)
        for name in ("porch", "yard", "thief", "operator"):
            issue(self.fleet, name)
        revoke(self.fleet, "thief")
        listener = f"{self.port} 127.0.0.1"
        text = broker_settings(self.fleet, "localhost", folder, getpass.getuser(), listener)
        (folder / "mosquitto.conf").write_text(text)

    def settings(self, name: str, topic: str = "", version: str = "5") -> MqttConfig:
        pair = self.fleet.pair(name)
        return MqttConfig.model_validate({
            "host": "127.0.0.1", "port": self.port, "tls": True, "ca_file": self.fleet.ca_cert, "version": version,
            "cert_file": pair, "key_file": pair, "client_id": name, "topic": f"edgedet/{topic or name}",
        })  # fmt: skip


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetBroker]:
    assert MOSQUITTO is not None
    running = FleetBroker(tmp_path_factory.mktemp("broker"))
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_camera_writes_and_reads_below_its_own_name(broker: FleetBroker, version: str) -> None:
    assert len(list(try_out(broker.settings("porch", version=version)))) == 2


def test_and_below_no_others(broker: FleetBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgedet.mqtt.trial.ANSWER", 0.5)
    with pytest.raises(OutputError, match="edgedet/yard/porch-test/echo doesn't come back"):
        list(try_out(broker.settings("porch", topic="yard")))


def test_who_watches_reads_all(broker: FleetBroker) -> None:
    sub = shutil.which("mosquitto_sub")
    if sub is None:
        pytest.skip("needs mosquitto_sub: apt install mosquitto-clients")
    pair = broker.fleet.pair("operator")
    where = ["-p", str(broker.port), "-h", "127.0.0.1"]
    options = [*where, "--cafile", broker.fleet.ca_cert, "--cert", pair, "--key", pair]
    hears = subprocess.Popen(
        [sub, *options, "-t", "edgedet/+/availability", "-C", "1", "-W", "20", "-v"], stdout=subprocess.PIPE, text=True
    )
    with house_of(broker, "yard", broker.folder / "yard"):
        said, _ = hears.communicate(timeout=30)
    assert said == "edgedet/yard/availability online\n"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("thief", "refuses us: our certificate was revoked; get another: edgedet fleet renew"),
        ("nobody", "refuses us: our certificate is missing; set mqtt.cert_file and mqtt.key_file"),
    ],
)
def test_what_the_broker_has_against_a_certificate(broker: FleetBroker, name: str, wrong: str) -> None:
    config = broker.settings(name)
    if name == "nobody":
        config = config.model_copy(update={"cert_file": None, "key_file": None})
    with pytest.raises(OutputError) as raised:
        list(try_out(config))
    assert wrong in str(raised.value)


def test_a_lost_certificate(broker: FleetBroker) -> None:
    with pytest.raises(ConfigError, match=r"mqtt\.cert_file: .*nobody\.pem is gone; .*edgedet fleet renew"):
        list(try_out(broker.settings("nobody")))


def house_of(broker: Mosquitto, name: str, folder: Path):  # type: ignore[no-untyped-def]  # a context manager's
    settings = broker.settings(name).model_dump(exclude_defaults=True) if isinstance(broker, FleetBroker) else {}
    folder.mkdir(exist_ok=True)
    return house(folder, broker, **settings | {"user": "", "password_file": None, "client_id": name})


def test_two_of_one_name_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each comes back and ends the other's connection, again and again."""
    monkeypatch.setattr(service, "RETRY_FIRST", 0.1)
    monkeypatch.setattr(service, "RETRY_MOST", 0.2)
    caplog.set_level(logging.INFO)
    with mosquitto(tmp_path / "broker") as running:

        def another(folder: str):  # type: ignore[no-untyped-def]  # a context manager's
            (tmp_path / folder).mkdir()
            return house(tmp_path / folder, running, confirm="answer")

        with another("one") as one, another("two") as two:
            end = time.monotonic() + 20
            while min(_connects(one), _connects(two)) < 4 and time.monotonic() < end:
                time.sleep(0.05)
            assert min(_connects(one), _connects(two)) >= 4
    said = [record.getMessage() for record in caplog.records if "takes our place" in record.getMessage()]
    assert len(said) == 2  # one of each
    assert "seems to have another client called porch" in said[0]
    assert "give each its own mqtt.client_id" in said[0]


def _connects(built: House) -> int:
    return int(built.service.report()["connects"])
