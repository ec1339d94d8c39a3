"""Of each topic the newest message waits, and no other."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edgedet.mqtt.latest import Latest


@dataclass
class Way:
    """Somewhere to send to, fast or slow."""

    out: bool = True

    def __post_init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []

    def send(self, topic: str, payload: bytes, _qos: int, _retain: bool) -> Way:
        self.heard.append((topic, payload))
        return self

    def is_published(self) -> bool:
        return self.out


def test_the_newest_wins() -> None:
    latest, way = Latest(), Way()
    for number in range(5):
        latest.put("a", (b"%d" % number).__bytes__)
    latest.put("b", lambda: b"x")
    latest.send(way.send)
    latest.send(way.send)
    assert way.heard == [("a", b"4"), ("b", b"x")]


def test_a_busy_topic_waits() -> None:
    latest, way = Latest(), Way(out=False)
    latest.put("a", lambda: b"1")
    latest.send(way.send)
    latest.put("a", lambda: b"2")
    latest.put("a", lambda: b"3")
    latest.send(way.send)
    assert way.heard == [("a", b"1")]
    way.out = True
    latest.send(way.send)
    assert way.heard == [("a", b"1"), ("a", b"3")]


def test_no_more_often_than_asked_for_and_the_last_one_isnt_lost() -> None:
    latest, way = Latest(), Way()
    latest.put("a", lambda: b"1", every=0.1)
    latest.send(way.send)
    latest.put("a", lambda: b"2", every=0.1)
    latest.send(way.send)
    assert way.heard == [("a", b"1")]
    time.sleep(0.11)
    latest.send(way.send)
    assert way.heard == [("a", b"1"), ("a", b"2")]


def test_a_new_connection_hears_what_is_retained_again() -> None:
    latest, way = Latest(), Way()
    latest.put("kept", lambda: b"1", retain=True)
    latest.put("once", lambda: b"2")
    latest.send(way.send)
    latest.put("once", lambda: b"old")
    latest.connected()
    latest.send(way.send)
    assert way.heard == [("kept", b"1"), ("once", b"2"), ("kept", b"1")]


def test_once_is_once() -> None:
    latest, way = Latest(), Way()
    for _ in range(2):
        latest.put("picture", lambda: b"1", retain=True, once=True)
        latest.send(way.send)
    latest.connected()
    latest.send(way.send)
    assert len(way.heard) == 2


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2), st.booleans())))
def test_what_is_retained_is_said_once_and_ends_up_right(steps: list[tuple[str, int, bool]]) -> None:
    latest, way, last = Latest(), Way(), dict[str, bytes]()
    for topic, value, send in steps:
        last[topic] = payload = b"%d" % value
        latest.put(topic, payload.__bytes__, retain=True)
        if send:
            latest.send(way.send)
    latest.send(way.send)
    assert dict(way.heard) == last
    for topic in last:
        said = [payload for each, payload in way.heard if each == topic]
        assert all(a != b for a, b in pairwise(said))
