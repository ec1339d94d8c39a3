"""A network camera that answers, but not with a stream, or whose name leads nowhere."""

from __future__ import annotations

import time
from pathlib import Path

from tests.capture.servers import HttpCamera, RtspCamera
from tests.chaos import netns
from tests.chaos.bed import Bed
from tests.chaos.case import case
from tests.chaos.network.places import KINDS, MJPEG, RTSP, Kind
from tests.chaos.network.watch import Watch
from tests.chaos.proxy import proxy

BACK = 8.0
NAME = "porch.test"
BUSY = b"%s 503 Service Unavailable\r\nCSeq: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
NOISE = "noise instead of an answer"


def _busy(kind: Kind) -> None:
    @case(
        f"{kind.name}-503",
        area=kind.area,
        fault="the camera starts anew, answers 503 for a while",
        promise=f"the reason is told, the other camera goes on, frames come again within {BACK:g} s",
    )
    def look(bed: Bed) -> str:
        way = kind.behind(bed)
        watch = Watch(bed, way.url(kind.scheme, kind.path))
        watch.settled()
        way.canned, way.mode = BUSY % kind.server.encode(), "answer"
        way.cut()
        noticed = watch.lost(8)
        time.sleep(2)
        watch.told(r"failure of its own \(5xx\); start it anew")
        other = watch.other_goes_on()
        way.mode = "pass"
        back = watch.back(BACK)
        return f"told after {noticed:.1f} s, back after {back:.1f} s, {other}, {watch.nothing_left()}"


def _noise(kind: Kind) -> None:
    @case(
        f"{kind.name}-noise",
        area=kind.area,
        fault=f"the camera comes back with {NOISE}, 64 KiB of it to each connection",
        promise=f"the program lives, the other camera goes on, frames come again within {BACK:g} s",
    )
    def look(bed: Bed) -> str:
        way = kind.behind(bed)
        watch = Watch(bed, way.url(kind.scheme, kind.path))
        watch.settled()
        way.canned, way.mode = bed.random.randbytes(65536), "answer"
        way.cut(reset=True)
        noticed = watch.lost(8)
        time.sleep(3)
        other = watch.other_goes_on()
        way.mode = "pass"
        back = watch.back(BACK)
        return f"told after {noticed:.1f} s, back after {back:.1f} s, {other}, {watch.nothing_left()}"


def _denied(kind: Kind) -> None:
    @case(
        f"{kind.name}-password",
        area=kind.area,
        fault="the camera's password is another for a while",
        promise="it is said that the password is wrong, not which; frames come again once it is right",
    )
    def look(bed: Bed) -> str:
        right, wrong = "cam:right-7f3a", "cam:other-91bc"
        way = kind.behind(bed, right)
        watch = Watch(bed, way.url(kind.scheme, kind.path, right))
        watch.settled()
        port, way.target = way.target, kind.port(bed, wrong)
        way.cut()
        noticed = watch.lost(8)
        time.sleep(2)
        watch.told(r"wrong or missing user or password \(401\)")
        other = watch.other_goes_on()
        way.target = port
        back = watch.back(BACK)
        assert "right-7f3a" not in watch.program.text(), "the password is in the log"
        return f"told after {noticed:.1f} s, back after {back:.1f} s, {other}, {watch.nothing_left()}"


for _kind in KINDS:
    for _make in (_busy, _noise, _denied):
        _make(_kind)


def _named(bed: Bed, kind: Kind, silent: bool) -> str:
    """A camera by a name that nobody knows until later."""
    hosts = Path("/etc/hosts")
    text = hosts.read_text()
    netns.enter()
    kept = netns.own_file(hosts, text, bed.folder)
    if silent:
        _silent_server(bed)
    way = kind.behind(bed)
    watch = Watch(bed, way.url(kind.scheme, kind.path).replace("127.0.0.1", NAME))
    watch.lost(25)
    watch.told(rf"no host is known by the name {NAME}|doesn't open within")
    other = watch.other_goes_on()
    kept.write_text(f"{text}\n127.0.0.1 {NAME}\n")
    back = watch.back(25)
    return f"told at once, back {back:.1f} s after the name was known, {other}"


def _silent_server(bed: Bed) -> None:
    """A name server that never answers."""
    import socket

    server = bed.stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    server.bind(("127.0.0.1", 53))
    netns.own_file(Path("/etc/resolv.conf"), "nameserver 127.0.0.1\n", bed.folder)


@case(
    "rtsp-name",
    area=RTSP.area,
    fault="the camera's name can't be looked up; later it can",
    promise="said with the remedy; the other camera goes on; frames come by themselves once the name is known",
)
def rtsp_name(bed: Bed) -> str:
    return _named(bed, RTSP, silent=False)


@case(
    "mjpeg-name-server",
    area=MJPEG.area,
    fault="the name server doesn't answer; later the name is known",
    promise="said; the other camera goes on; frames come by themselves once the name is known",
)
def mjpeg_name_server(bed: Bed) -> str:
    return _named(bed, MJPEG, silent=True)


@case(
    "rtsp-late",
    area=RTSP.area,
    fault="the camera is started 5 s after the program",
    promise=f"the program starts, the other camera is watched, frames come within {BACK:g} s",
)
def rtsp_late(bed: Bed) -> str:
    with RtspCamera() as camera:
        port = int(camera.port)
    way = bed.stack.enter_context(proxy(port, bed.random))
    watch = Watch(bed, way.url("rtsp", "live"))
    watch.lost(15)
    other = watch.other_goes_on(4)
    way.target = RTSP.port(bed)
    back = watch.back(BACK)
    return f"frames after {back:.1f} s, {other}"


@case(
    "mjpeg-other-size",
    area=MJPEG.area,
    fault="after a break the camera sends pictures of another size",
    promise=f"it is watched on within {BACK:g} s, the other camera goes on",
)
def mjpeg_other_size(bed: Bed) -> str:
    import threading
    from collections.abc import Iterator

    from tests.capture.clips import jpeg, numbered

    def large(stop: threading.Event) -> Iterator[bytes]:
        number = 0
        while not stop.wait(1 / 15):
            yield jpeg(numbered(number % 25, 640, 360))
            number += 1

    way = MJPEG.behind(bed)
    watch = Watch(bed, way.url("http", "mjpeg"))
    watch.settled()
    way.target = bed.stack.enter_context(HttpCamera(large)).port
    way.cut()
    back = watch.back(BACK)
    watch.told(r"640x360")
    return f"watched on after {back:.1f} s, {watch.other_goes_on()}, {watch.nothing_left()}"
