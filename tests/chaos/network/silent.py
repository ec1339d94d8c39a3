"""Viewers and scrapers who vanish, or of whom nothing more is heard: they are let go, nothing of them stays."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager

from tests.chaos.bed import Bed, Missing, descriptors, no_more_files, open_files, within
from tests.chaos.case import case
from tests.chaos.network.crowds import AREAS, PROMISE
from tests.chaos.network.page import KEEPS, Page
from tests.chaos.network.visitors import held
from tests.chaos.proxy import proxy


def _vanish(bed: Bed, whole: bool) -> str:
    page = Page(bed, whole)
    way = bed.stack.enter_context(proxy(page.address[1], bed.random))
    files, alone = open_files(page.program.process), page.rate(2)
    viewers = [page.connect(page.ask(page.stream), way.port) for _ in range(10)]
    within(5, lambda: descriptors(page.program.process) >= len(files) + 10, "they watch")
    way.mode = "hold"  # whose packets vanish acknowledges none: what is sent piles up
    with held(*viewers):
        _, took = within(45, lambda: descriptors(page.program.process) <= len(files) + 2, "they are let go")
        rate = page.rate(2)
    assert rate >= alone / 2, f"{rate:.1f} detections a second of {alone:.1f}"  # other cases run beside it
    newcomer = page.seconds_for_a_picture()
    return f"let go after {took:.0f} s, {rate:.1f} detections/s of {alone:.1f}, a newcomer waits {newcomer:.2f} s"


for _whole, _area in AREAS.items():
    case(
        f"{'web' if _whole else 'page'}-half-open",
        area=_area,
        fault="10 viewers vanish: they take nothing, and never hang up",
        promise="they are let go within 45 s, nothing of them is left, detection goes on",
    )(lambda bed, whole=_whole: _vanish(bed, whole))  # type: ignore[misc]


@case(
    "web-socket-never-reads", area=AREAS[True], fault="20 WebSockets listen and never read",
    promise=PROMISE, alone=True, within=150,
)  # fmt: skip
def deaf(bed: Bed) -> str:
    page = Page(bed, whole=True)
    upgrade = (
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    )

    def deaf_ones() -> AbstractContextManager[None]:
        visitors = [page.connect(page.ask("/api/ws", upgrade)) for _ in range(20)]
        assert visitors[0].recv(12) == b"HTTP/1.1 101"
        return held(*visitors)

    return page.endures(deaf_ones)


@case(
    "web-webrtc-half-open", area=AREAS[True], fault="WebRTC: 12 offers of somebody who is never heard of again",
    promise=f"no more than live.max_peers are taken up, the others told so; {PROMISE}", alone=True, within=150,
)  # fmt: skip
def unanswered(bed: Bed) -> str:
    try:
        from aiortc import RTCPeerConnection
    except ImportError:
        raise Missing("needs aiortc: the extra [web]") from None
    page = Page(bed, whole=True)

    async def offer() -> str:
        peer = RTCPeerConnection()
        peer.addTransceiver("video", direction="recvonly")
        await peer.setLocalDescription(await peer.createOffer())
        await peer.close()
        return json.dumps({"sdp": peer.localDescription.sdp, "type": "offer"})

    said: list[int] = []

    @contextlib.contextmanager
    def offers() -> Iterator[None]:
        for _ in range(12):
            said.append(_post(page, "/api/cameras/camera/webrtc", asyncio.run(offer())))
        yield

    seen = page.endures(offers)
    assert set(said) <= {200, 503}, said
    assert 503 in said[:12], said
    return f"{said.count(200)} taken up, {said.count(503)} told to come later, {seen}"


def _post(page: Page, path: str, body: str) -> int:
    headers = {"Authorization": f"Bearer {page.token}", "Content-Type": "application/json"}
    url = f"http://{page.address[0]}:{page.address[1]}{path}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@case(
    "metrics-hang", area="viewers: Prometheus", fault="40 scrapers connect, ask half a question and hang",
    promise="an honest one gets the figures within 3 s, detection goes on, nothing is left", alone=True,
)  # fmt: skip
def scrapers(bed: Bed) -> str:
    page = Page(bed, whole=False)
    url = page.program.wait_for(r"figures for Prometheus: (http://\S+)", 10)[1]
    port = int(url.split(":")[2].partition("/")[0])
    alone, files = page.rate(3), open_files(page.program.process)
    slowest = 0.0
    with held(*[page.connect(b"GET /metr", port) for _ in range(40)]):
        for _ in range(5):
            began = time.monotonic()
            with urllib.request.urlopen(url, timeout=10) as answer:
                assert b"edgedet" in answer.read()
            slowest = max(slowest, time.monotonic() - began)
        struck = page.rate(3)
    assert slowest < 3, f"{slowest:.1f} s"
    assert struck >= KEEPS * alone, f"{struck:.1f} detections a second of {alone:.1f}"
    no_more_files(page.program.process, files, seconds=15)
    return f"the figures in {slowest:.2f} s at most, {struck:.1f} detections/s of {alone:.1f}"
