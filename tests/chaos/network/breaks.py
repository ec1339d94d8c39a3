"""A network camera whose connection breaks, stalls, or carries nonsense."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.bed import Bed
from tests.chaos.case import case
from tests.chaos.network.places import KINDS, Kind
from tests.chaos.network.watch import Watch
from tests.chaos.proxy import Proxy

NOTICED, BACK = 8.0, 8.0
"""Seconds within which a loss must be told (``stall_timeout`` is 2), and frames must come again once they can."""


@dataclass(frozen=True, slots=True)
class Break:
    """What is done to a connection.

    Attributes:
        name, fault: for the case.
        strike, heal: do it, and put it right.
    """

    name: str
    fault: str
    strike: Callable[[Proxy], None]
    heal: Callable[[Proxy], None]


def _mode(mode: str) -> Callable[[Proxy], None]:
    def turn(way: Proxy) -> None:
        way.mode = mode  # type: ignore[assignment]

    return turn


def _away(reset: bool) -> Callable[[Proxy], None]:
    def strike(way: Proxy) -> None:
        way.close_door()
        way.cut(reset)

    return strike


BREAKS = (
    Break("fin", "hangs up (FIN) and refuses connections", _away(reset=False), Proxy.open_door),
    Break("rst", "resets the connection (RST) and refuses others", _away(reset=True), Proxy.open_door),
    Break("stall", "sends no byte any more, the connection stays", _mode("hold"), _mode("pass")),
    Break("half-open", "has vanished: bytes and new connections get no answer", _mode("vanish"), _mode("pass")),
    Break("drip", "sends a byte a second", _mode("drip"), _mode("pass")),
)
PROMISE = (
    f"the loss is told within {NOTICED:g} s, the other camera goes on, frames come within {BACK:g} s of its return"
)


def _broken(kind: Kind, each: Break) -> None:
    @case(f"{kind.name}-{each.name}", area=kind.area, fault=f"the camera {each.fault}", promise=PROMISE)
    def look(bed: Bed) -> str:
        way = kind.behind(bed)
        watch = Watch(bed, way.url(kind.scheme, kind.path))
        watch.settled()
        each.strike(way)
        noticed = watch.lost(NOTICED)
        other = watch.other_goes_on()
        each.heal(way)
        back = watch.back(BACK)
        watch.told(r"127\.0\.0\.1:\d+/\w+: open again after")
        return f"told after {noticed:.1f} s, back after {back:.1f} s, {other}, {watch.nothing_left()}"


def _flapping(kind: Kind) -> None:
    @case(
        f"{kind.name}-flapping",
        area=kind.area,
        fault="the connection is reset 10 times in 10 s, at random",
        promise=f"frames come again within {BACK:g} s of the last time, the other camera goes on, nothing piles up",
    )
    def look(bed: Bed) -> str:
        way = kind.behind(bed)
        watch = Watch(bed, way.url(kind.scheme, kind.path))
        watch.settled()
        for _ in range(10):
            way.cut(reset=True)
            time.sleep(bed.random.uniform(0.2, 1.8))
        other = watch.other_goes_on()
        back = watch.back(BACK)
        return f"back after {back:.1f} s, {way.passed} connections, {other}, {watch.nothing_left()}"


def _garbled(kind: Kind) -> None:
    @case(
        f"{kind.name}-garbage",
        area=kind.area,
        fault="a part of everything that comes is noise, for 6 s",
        promise=f"the program lives, the other camera goes on, frames come within {BACK:g} s of the end of it",
    )
    def look(bed: Bed) -> str:
        way = kind.behind(bed)
        watch = Watch(bed, way.url(kind.scheme, kind.path))
        watch.settled()
        way.mode = "garble"
        time.sleep(4)
        other = watch.other_goes_on()
        way.mode = "pass"
        back = watch.back(BACK)
        return f"frames after {back:.1f} s, {other}, {watch.nothing_left()}"


def _delayed(kind: Kind) -> None:
    @case(
        f"{kind.name}-delay",
        area=kind.area,
        fault="every byte takes 300 ms longer, each way",
        promise="the stream goes on at its rate, is not taken for lost, and opens so too",
    )
    def look(bed: Bed) -> str:
        way = kind.behind(bed)
        watch = Watch(bed, way.url(kind.scheme, kind.path), open_timeout=10)
        watch.settled()
        before = watch.rate("struck", 2)
        way.delay = 0.3
        time.sleep(1)
        after = watch.rate("struck", 3)
        assert watch.state() == "open"
        assert after >= 0.7 * before, f"{after:.1f} frames a second instead of {before:.1f}"
        way.cut()
        back = watch.back(10)
        return f"{after:.1f} frames/s of {before:.1f}, opened anew in {back:.1f} s, {watch.nothing_left()}"


for _kind in KINDS:
    for _each in BREAKS:
        _broken(_kind, _each)
    for _make in (_flapping, _garbled, _delayed):
        _make(_kind)
