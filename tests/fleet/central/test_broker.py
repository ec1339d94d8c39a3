"""The fleet's broker: who gets in, and who may what."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.fleet.central.places import broker
from tests.fleet.central.talking import Talker, wait
from tests.fleet.simulated.broker import FLEET, Broker, moved
from tests.fleet.simulated.identity import authority
from tests.mqtt.mosquitto import needs_mosquitto

pytestmark = needs_mosquitto


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with broker(tmp_path_factory.mktemp("broker"), "cam01", "cam02", "archive", "operator", "bridge") as made:
        yield made


def test_a_camera_speaks_below_its_own_name_and_nowhere_else(running: Broker) -> None:
    tls = running.folder / "tls"
    operator, camera = Talker(running.port, tls, "operator"), Talker(running.port, tls, "cam01")
    try:
        assert operator.subscribe("edgedet/#")
        camera.say("edgedet/cam02/cam02/events", b"forged")
        camera.say("elsewhere/cam01", b"forged")
        camera.say("edgedet/cam01/cam01/events", b"real")
        wait(lambda: operator.heard)
        assert operator.heard == [("edgedet/cam01/cam01/events", b"real")]
    finally:
        operator.close()
        camera.close()


def test_a_camera_doesn_t_hear_the_others(running: Broker) -> None:
    tls = running.folder / "tls"
    one, two = Talker(running.port, tls, "cam01"), Talker(running.port, tls, "cam02")
    try:
        one.subscribe("edgedet/#")
        assert one.subscribe("edgedet/cam01/#")
        two.say("edgedet/cam02/cam02/events", b"hers")
        one.say("edgedet/cam01/cam01/events", b"mine")
        wait(lambda: one.heard)
        assert {payload for _, payload in one.heard} == {b"mine"}
    finally:
        one.close()
        two.close()


def test_consumers_of_a_group_share_the_events(running: Broker) -> None:
    tls = running.folder / "tls"
    group = [Talker(running.port, tls, "archive", f"archive-{number}") for number in (1, 2)]
    camera = Talker(running.port, tls, "cam01")
    try:
        assert all(each.subscribe("$share/archive/edgedet/+/+/events") for each in group)
        for number in range(20):
            camera.say("edgedet/cam01/cam01/events", b"%d" % number)
        wait(lambda: sum(len(each.heard) for each in group) == 20)
        assert all(each.heard for each in group), "both have some"
        said = sorted(int(payload) for each in group for _, payload in each.heard)
        assert said == list(range(20)), "each went to one"
    finally:
        for each in (*group, camera):
            each.close()


@pytest.mark.parametrize("who", ["nobody", "a stranger"])
def test_who_has_no_certificate_of_the_fleet_s_doesn_t_get_in(running: Broker, tmp_path: Path, who: str) -> None:
    stranger = authority(tmp_path / "tls")
    stranger.issue("cam01")
    client = Client(CallbackAPIVersion.VERSION2, "cam01")
    mine = (str(tmp_path / "tls" / "cam01.pem"),) if who == "a stranger" else ()
    client.tls_set(str(running.folder / "tls" / "ca.crt"), *mine)
    answers: list[bool] = []
    client.on_connect = lambda _c, _d, _f, code, _p: answers.append(not code.is_failure)
    try:
        client.connect("127.0.0.1", running.port)
        for _ in range(20):
            if client.loop(0.1):
                break
    except (ssl.SSLError, OSError):
        pass
    assert not any(answers)


def test_a_lost_camera_s_certificate_is_worth_nothing_any_more(tmp_path: Path) -> None:
    signer = authority(tmp_path / "tls")
    for name in ("server", "cam01", "cam02"):
        signer.issue(name)
    signer.revoke("cam02")
    alone = Broker(tmp_path)
    alone.start()
    try:
        Talker(alone.port, tmp_path / "tls", "cam01").close()
        with pytest.raises((ssl.SSLError, OSError, AssertionError)):
            Talker(alone.port, tmp_path / "tls", "cam02", patience=3).close()
    finally:
        alone.stop()


def test_the_bridge_passes_events_on(running: Broker, tmp_path: Path) -> None:
    text = (FLEET / "mosquitto" / "bridge.conf").read_text().replace("centre.example:8883", f"127.0.0.1:{running.port}")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "tls").symlink_to(running.folder / "tls")
    site = Broker(tmp_path / "site", more=moved(text, tmp_path / "site", 0))
    site.start()
    tls = running.folder / "tls"
    archive, camera = Talker(running.port, tls, "archive"), Talker(site.port, tls, "cam02")
    try:
        assert archive.subscribe("edgedet/+/+/events")
        number = 0
        while not archive.heard:  # the bridge connects when it likes
            camera.say("edgedet/cam02/cam02/objects", b"stays")
            camera.say("edgedet/cam02/cam02/events", b"%d" % number)
            number += 1
            assert number < 400, (site.folder / "mosquitto.log").read_text()
            wait(lambda: True)
        assert {topic for topic, _ in archive.heard} == {"edgedet/cam02/cam02/events"}
    finally:
        archive.close()
        camera.close()
        site.stop()
