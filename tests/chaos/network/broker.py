"""A broker that goes away, hangs, or lies at the end of a bad line: no event is lost, none overtakes another."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from tests.chaos import netns
from tests.chaos.bed import Bed, Missing, within
from tests.chaos.case import case
from tests.chaos.network.telling import Telling, in_order
from tests.chaos.proxy import Proxy, proxy
from tests.mqtt.home import Home, home
from tests.mqtt.mosquitto import MOSQUITTO, PASSWORD, USER, Mosquitto, mosquitto

AREA = "sink: MQTT"
TOPIC = "edgedet/camera/events"
PROMISE = "detection goes on; each event kept is told, in order, none is lost"


class Told:
    """The program, its broker behind a proxy, and somebody at home who listens.

    Args:
        bed: the case's.
        started: whether the broker is there from the start.
    """

    def __init__(self, bed: Bed, started: bool = True) -> None:
        if MOSQUITTO is None:
            raise Missing("needs mosquitto: apt install mosquitto mosquitto-clients")
        self.broker: Mosquitto = bed.stack.enter_context(mosquitto(bed.folder / "broker"))
        self.home: Home = bed.stack.enter_context(home(self.broker, topic=TOPIC))
        self.way: Proxy = bed.stack.enter_context(proxy(self.broker.port, bed.random))
        if not started:
            self.broker.stop()
        (bed.folder / "password").write_text(PASSWORD)
        (bed.folder / "password").chmod(0o600)
        self.telling = Telling(
            bed,
            f'[mqtt]\nhost = "127.0.0.1"\nport = {self.way.port}\nuser = "{USER}"\npassword_file = "password"\n'
            f'client_id = "porch"\nsnapshots = false\n',
        )
        if started:
            within(30, lambda: len(self.heard()) >= 2, "events are told")
            self.telling.calm()

    def heard(self) -> list[str]:
        """Ids of events whose start was told, as they came."""
        return [str(each["id"]) for each in self.home.json(TOPIC) if each["phase"] == "start"]

    def back(self, seconds: float) -> float:
        """After how many seconds everything that waited was told."""
        _, took = within(seconds, lambda: self._caught_up(), "what waits is told")
        return took

    def _caught_up(self) -> bool:
        mqtt = self.telling.service("mqtt")
        return bool(mqtt["connected"]) and mqtt["waiting"] <= 1

    def verdict(self) -> str:
        """End it, and assert that the promise was kept; in words."""
        self.telling.ended()
        kept = self.telling.started()
        assert len(set(self.heard())) >= len(kept) - 2, f"{len(set(self.heard()))} of {len(kept)} events were told"
        return in_order(self.heard(), kept)


def _case(name: str, fault: str, promise: str, strike: Callable[[Told, Bed], str]) -> None:
    @case(f"mqtt-{name}", area=AREA, fault=fault, promise=promise)
    def look(bed: Bed) -> str:
        told = Told(bed)
        seen = strike(told, bed)
        return f"{seen}; {told.verdict()}"


def _killed(told: Told, bed: Bed) -> str:
    told.broker.stop(kill=True)
    time.sleep(6)
    told.telling.goes_on()
    told.broker.start()
    return f"all told {told.back(25):.1f} s after its start"


def _restarted(told: Told, bed: Bed) -> str:
    for _ in range(4):
        told.broker.stop()
        time.sleep(bed.random.uniform(0.1, 1.5))
        told.broker.start()
        time.sleep(bed.random.uniform(0.5, 2))
    return f"all told {told.back(25):.1f} s after the last"


def _frozen(told: Told, bed: Bed) -> str:
    assert told.broker.pid is not None
    os.kill(told.broker.pid, signal.SIGSTOP)
    try:
        time.sleep(12)
        told.telling.goes_on()
    finally:
        os.kill(told.broker.pid, signal.SIGCONT)
    return f"all told {told.back(25):.1f} s after it woke"


def _refused(told: Told, bed: Bed) -> str:
    told.way.close_door()
    told.way.cut()
    time.sleep(6)
    told.telling.goes_on()
    assert told.telling.service("mqtt")["trouble"], "no trouble is reported"
    told.way.open_door()
    return f"all told {told.back(25):.1f} s after"


def _vanished(told: Told, bed: Bed) -> str:
    told.way.mode = "vanish"
    _, took = within(20, lambda: not told.telling.service("mqtt")["connected"], "the loss is noticed")
    told.telling.goes_on()
    told.way.mode = "pass"
    return f"noticed after {took:.1f} s, all told {told.back(30):.1f} s after its return"


def _torn(told: Told, bed: Bed) -> str:
    for _ in range(12):
        time.sleep(bed.random.uniform(0.2, 1.6))
        told.way.cut(reset=True)
    return f"{told.way.passed} connections, all told {told.back(30):.1f} s after the last"


def _garbled(told: Told, bed: Bed) -> str:
    told.way.mode = "garble"
    time.sleep(8)
    told.telling.goes_on()
    told.way.mode = "pass"
    return f"{told.way.passed} connections, all told {told.back(30):.1f} s after"


def _noise(told: Told, bed: Bed) -> str:
    told.way.canned, told.way.mode = bed.random.randbytes(65536), "answer"
    told.way.cut()
    time.sleep(6)
    told.telling.goes_on()
    told.way.mode = "pass"
    return f"all told {told.back(30):.1f} s after"


def _slow(told: Told, bed: Bed) -> str:
    told.way.delay = 0.3
    time.sleep(10)
    told.telling.goes_on()
    waiting = told.telling.service("mqtt")["waiting"]
    told.way.delay = 0.0
    return f"{waiting} waiting after 10 s of it, all told {told.back(25):.1f} s after"


_case("kill", "the broker is killed, and back after 6 s", f"{PROMISE}; again is possible", _killed)
_case("restarts", "the broker is ended and started 4 times", PROMISE, _restarted)
_case("frozen", "the broker is stopped (SIGSTOP) for 12 s", PROMISE, _frozen)
_case("refused", "connections are refused for 6 s", f"{PROMISE}; the trouble is reported", _refused)
_case(
    "half-open",
    "the broker has vanished: bytes get no answer, for 10 s and more",
    f"{PROMISE}; noticed in 20 s",
    _vanished,
)
_case("torn", "the connection is reset 12 times, in the middle of events", PROMISE, _torn)
_case("garbage", "a part of what the broker says is noise, for 8 s", PROMISE, _garbled)
_case("noise", "64 KiB of noise instead of the broker's greeting, for 6 s", PROMISE, _noise)
_case("delay", "every byte takes 300 ms longer, each way, for 10 s", PROMISE, _slow)


@case("mqtt-late", area=AREA, fault="the broker is started 5 s after the program", promise=PROMISE)
def late(bed: Bed) -> str:
    told = Told(bed, started=False)
    time.sleep(5)
    told.telling.goes_on()
    told.broker.start()
    return f"all told {told.back(25):.1f} s after its start; {told.verdict()}"


@case("mqtt-loss", area=AREA, fault="30 % of the packets each way are lost, for 10 s", promise=PROMISE)
def loss(bed: Bed) -> str:
    netns.enter()
    told = Told(bed)
    netns.lose(told.way.port, 30)
    time.sleep(10)
    told.telling.goes_on()
    netns.heal()
    return f"all told {told.back(30):.1f} s after; {told.verdict()}"
