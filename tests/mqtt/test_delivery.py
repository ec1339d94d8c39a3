"""Each event arrives once and in its turn, whoever is killed and wherever a connection breaks."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from edgedet.mqtt import delivery, service
from tests.mqtt.gate import gate
from tests.mqtt.home import Home, home
from tests.mqtt.house import change, event, house
from tests.mqtt.mosquitto import USER, Mosquitto, mosquitto, needs_mosquitto
from tests.mqtt.publisher import hear_of, publisher

pytestmark = needs_mosquitto

EVENTS = "edgedet/camera/events"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path / "broker") as running:
        yield running


def _numbers(listener: Home) -> list[int]:
    """Which events were heard, in order."""
    return [each["track_id"] for each in listener.json(EVENTS)]


@dataclass(frozen=True)
class Doubt:
    """What a connection loses while an event is under way.

    Attributes:
        qos: quality of service of the event.
        lost: what :class:`tests.mqtt.gate.Gate` swallows.
        passed_on: whether the broker passes the event on all the same.
    """

    qos: int
    lost: str
    passed_on: bool


DOUBTS = [
    Doubt(1, "replies", True),
    Doubt(2, "replies", False),  # an event is passed on when the client has answered the broker's answer
    Doubt(2, "echoes", True),
    Doubt(1, "requests", False),
    Doubt(2, "requests", False),
]


@pytest.mark.parametrize("doubt", DOUBTS, ids=str)
def test_in_doubt_when_the_connection_breaks(
    tmp_path: Path, broker: Mosquitto, doubt: Doubt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "RETRY_FIRST", 0.1)
    with home(broker) as listener, gate(broker.port) as way:
        with house(tmp_path, broker, port=way.port, qos_events=doubt.qos) as built:
            built.service.hear(change(0))
            listener.wait(lambda: built.service.report()["sent"] == 1)
            way.swallows = doubt.lost
            built.service.hear(change(1))
            built.service.hear(change(2))
            listener.wait(lambda: way.swallowed and _numbers(listener) == ([0, 1] if doubt.passed_on else [0]))
            way.cut()
            way.swallows = ""
            listener.wait(lambda: built.service.report()["waiting"] == 0)
            listener.wait(lambda: 2 in _numbers(listener))
        assert _numbers(listener) == [0, 1, 2]


@pytest.mark.parametrize(
    "doubt", [DOUBTS[0], *(pytest.param(each, marks=pytest.mark.slow) for each in DOUBTS[1:])], ids=str
)
def test_in_doubt_when_the_program_is_killed(tmp_path: Path, broker: Mosquitto, doubt: Doubt) -> None:
    program = tmp_path / "program"
    with home(broker) as listener, gate(broker.port) as way:
        with publisher(program, broker, 1, way.port, qos_events=doubt.qos):
            listener.wait(lambda: _numbers(listener) == [0])
            time.sleep(0.3)
            way.swallows = doubt.lost
            hear_of(program, 2)
            listener.wait(lambda: way.swallowed and _numbers(listener) == ([0, 1] if doubt.passed_on else [0]))
            time.sleep(0.1)
        way.cut()
        way.swallows = ""
        with publisher(program, broker, 3, way.port, qos_events=doubt.qos):
            listener.wait(lambda: 2 in _numbers(listener))
        assert _numbers(listener) == [0, 1, 2]


@pytest.mark.slow
def test_killed_again_and_again(tmp_path: Path, broker: Mosquitto) -> None:
    count, chance = 400, random.Random(7)
    with home(broker) as listener:
        kills = 0
        while len(_numbers(listener)) < count:
            before = len(_numbers(listener))
            with publisher(tmp_path / "program", broker, count):
                listener.wait(lambda before=before: len(_numbers(listener)) > min(before + 20, count - 1))  # type: ignore[misc]
                time.sleep(chance.uniform(0, 0.1))
            kills += 1
        with publisher(tmp_path / "program", broker, count + 1):
            listener.wait(lambda: _numbers(listener)[-1] == count)
        assert _numbers(listener) == list(range(count + 1))
        assert kills >= 3
        assert b"offline" in listener.on("edgedet/availability")


@pytest.mark.parametrize("kill", [False, True], ids=["ended", "killed"])
def test_the_broker_goes_away(
    tmp_path: Path, broker: Mosquitto, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, kill: bool
) -> None:
    monkeypatch.setattr(service, "RETRY_FIRST", 0.1)
    with home(broker) as listener, house(tmp_path, broker) as built, caplog.at_level(logging.INFO):
        for number in range(10):
            built.service.hear(change(number))
        listener.wait(lambda: built.service.report()["waiting"] == 0)
        caplog.clear()
        broker.stop(kill)
        for number in range(10, 60):
            start = time.perf_counter()
            built.service.hear(change(number))
            assert time.perf_counter() - start < 0.5
        time.sleep(1)
        report = built.service.report()
        assert (report["waiting"], report["connected"]) == (50, False)
        broker.start()
        listener.wait(lambda: built.service.report()["waiting"] == 0, 20)
        listener.wait(lambda: 59 in _numbers(listener))
        numbers = _numbers(listener)
        if kill:  # it forgot what its listeners had acknowledged, and tells them again
            numbers = list(dict.fromkeys(numbers))
            assert built.service.report()["sent"] == 60
        assert numbers == list(range(60))
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("edgedet.mqtt")]
    assert len(lines) <= 3, lines
    assert "lost" in lines[0]
    assert "connected" in lines[-1]


@pytest.mark.parametrize(("repeat", "heard"), [(60, [0, 1, 2, 3]), (0, [3])], ids=["repeated", "not"])
def test_a_broker_that_is_killed_forgets_what_it_queued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repeat: int, heard: list[int]
) -> None:
    """As brokers of many cameras are set: they write by the clock. Whoever was away gets what they have forgotten."""
    monkeypatch.setattr(service, "RETRY_FIRST", 0.1)
    with mosquitto(tmp_path / "broker", started=False) as broker:
        settings = broker.folder / "mosquitto.conf"
        by_the_clock = "autosave_on_changes false\nautosave_interval 3600"
        settings.write_text(settings.read_text().replace("autosave_on_changes true\nautosave_interval 1", by_the_clock))
        broker.start()
        with home(broker):
            pass
        broker.stop()  # the session of the one who is away now is written down
        broker.start()
        with house(tmp_path, broker, repeat=repeat) as built:
            for number in range(3):
                built.service.hear(change(number))
            wait_for(lambda: built.service.report()["sent"] == 3)
            broker.stop(kill=True)
            broker.start()
            wait_for(lambda: built.service.report()["connects"] == 2)
            built.service.hear(change(3))
            wait_for(lambda: built.service.report()["waiting"] == 0)
            with home(broker) as listener:
                listener.wait(lambda: 3 in _numbers(listener))
                assert _numbers(listener) == heard
            assert built.service.report()["sent"] == 4, "what is repeated isn't news"


def wait_for(ready: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_answer_alone_is_no_proof_over_a_break(
    tmp_path: Path, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why there is an echo: what the two tests above prove can fail."""
    monkeypatch.setattr(service, "RETRY_FIRST", 0.1)
    with home(broker) as listener, gate(broker.port) as way:
        with house(tmp_path, broker, port=way.port, qos_events=1, confirm="answer") as built:
            built.service.hear(change(0))
            listener.wait(lambda: built.service.report()["sent"] == 1)
            way.swallows = "replies"
            built.service.hear(change(1))
            listener.wait(lambda: _numbers(listener) == [0, 1])
            way.cut()
            way.swallows = ""
            listener.wait(lambda: built.service.report()["waiting"] == 0)
        listener.wait(lambda: _numbers(listener) == [0, 1, 1])


def test_a_broker_that_gives_no_echo(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "ANSWER", 1.0)
    acl = f"user {USER}\ntopic write edgedet/#\ntopic read home/#\ntopic read edgedet/+/+/set\n"
    with (
        caplog.at_level(logging.WARNING),
        mosquitto(tmp_path / "strict", acl=acl) as broker,
        house(tmp_path, broker) as built,
    ):
        built.service.hear(change(0))
        deadline = time.monotonic() + 15
        while built.service.report()["sent"] == 0 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert built.service.report()["sent"] == 1
    assert caplog.text.count("may come twice after a crash") == 1


def test_another_may_say_anything_on_the_same_topic(tmp_path: Path, broker: Mosquitto) -> None:
    with home(broker) as listener, house(tmp_path, broker) as built:
        listener.wait(lambda: built.service.report()["connected"])
        for payload in (b"", b"\xff" * 100, b"[" * 100_000, b"{}", b"NaN"):
            listener.say(EVENTS, payload)
        built.service.hear(change(3))
        listener.wait(lambda: built.service.report()["sent"] == 1)
        listener.wait(lambda: len(listener.on(EVENTS)) == 6)
        assert json.loads(listener.on(EVENTS)[-1]) == event(3).to_dict()
