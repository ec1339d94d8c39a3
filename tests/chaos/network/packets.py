"""Packets that the kernel loses, between the program and a camera."""

from __future__ import annotations

import time

from tests.chaos import netns
from tests.chaos.bed import PATIENCE, Bed, within
from tests.chaos.case import case
from tests.chaos.network.places import KINDS, RTSP, Kind
from tests.chaos.network.watch import Watch

BACK = 20.0
"""Seconds: a lost handshake is tried again by the kernel after 1, 3 and 7."""


def _lossy(kind: Kind) -> None:
    @case(
        f"{kind.name}-loss",
        area=kind.area,
        fault="30 % of the packets each way are lost, for 8 s",
        promise=f"the other camera goes on; frames come again within {BACK:g} s of the end of it",
    )
    def look(bed: Bed) -> str:
        netns.enter()
        port = kind.port(bed)
        watch = Watch(bed, f"{kind.scheme}://127.0.0.1:{port}/{kind.path}")
        watch.settled()
        netns.lose(port, 30)
        during = watch.rate("struck", 6)
        other = watch.other_goes_on()
        netns.heal()
        back = watch.back(BACK)
        return f"{during:.1f} frames/s meanwhile, all there {back:.1f} s after, {other}, {watch.nothing_left()}"


def _vanished(kind: Kind) -> None:
    @case(
        f"{kind.name}-unplugged",
        area=kind.area,
        fault="every packet to and from the camera is dropped, as if its plug were pulled",
        promise=f"told within 8 s, the other camera goes on, frames come again within {BACK:g} s of its return",
    )
    def look(bed: Bed) -> str:
        netns.enter()
        port = kind.port(bed)
        watch = Watch(bed, f"{kind.scheme}://127.0.0.1:{port}/{kind.path}")
        watch.settled()
        netns.lose(port, 100)
        noticed = watch.lost(8)
        other = watch.other_goes_on(4)
        netns.heal()
        back = watch.back(BACK)
        return f"told after {noticed:.1f} s, back after {back:.1f} s, {other}, {watch.nothing_left()}"


for _kind in KINDS:
    _lossy(_kind)
    _vanished(_kind)


@case(
    "rtsp-udp-loss",
    area=RTSP.area,
    fault="the stream comes by UDP, 30 % of its packets are lost",
    promise="not taken for lost; what can be decoded is looked at; all frames are again 20 s after it at the latest",
)
def rtsp_udp_loss(bed: Bed) -> str:
    netns.enter()
    port = RTSP.port(bed)
    watch = Watch(bed, f"rtsp://127.0.0.1:{port}/live", 'transport = "udp"')
    watch.settled()
    before = watch.rate("struck", 2)
    netns.lose_all("udp", 30)
    time.sleep(1)
    during = watch.rate("struck", 4)
    assert watch.state() == "open", watch.program.text()
    netns.heal()
    back = watch.back(5)
    after, more = within(12, lambda: _at_least(watch, 0.8 * before / PATIENCE), f"{before:.1f} frames a second again")
    return (
        f"{before:.1f} frames/s, {during:.1f} meanwhile, {after:.1f} {back + more:.0f} s after, {watch.nothing_left()}"
    )


def _at_least(watch: Watch, pace: float) -> float:
    rate = watch.rate("struck", 2)
    return rate if rate >= pace else 0.0
