"""Viewers who dawdle, flood or talk nonsense: detection and honest people go on beside them."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from tests.chaos.bed import Bed
from tests.chaos.case import case
from tests.chaos.network.page import KEEPS, Page
from tests.chaos.network.visitors import beside, held, read_all

PROMISE = (
    f"{KEEPS:g} of the detections are left, who watches is served, a newcomer waits less than 3 s, nothing stays behind"
)
AREAS = {False: "viewers: plain page", True: "viewers: web application"}
Attack = Callable[[Page, Bed], Iterator[None]]


def _both(name: str, fault: str, attack: Attack) -> None:
    """A case for the plain page, and one for the web application."""
    for whole, area in AREAS.items():

        def look(bed: Bed, whole: bool = whole) -> str:
            page = Page(bed, whole)

            def struck() -> AbstractContextManager[None]:
                return contextlib.contextmanager(attack)(page, bed)

            return page.endures(struck)

        prefix = "web" if whole else "page"
        case(f"{prefix}-{name}", area=area, fault=fault, promise=PROMISE, alone=True, within=150)(look)


def _never_read(page: Page, bed: Bed) -> Iterator[None]:
    with held(*[page.connect(page.ask(page.stream)) for _ in range(25)]):
        yield


def _flood(page: Page, bed: Bed) -> Iterator[None]:
    buffer, visitors = bytearray(1 << 16), list[socket.socket]()

    def work() -> None:
        for _ in range(5):
            visitors.append(page.connect(page.ask(page.stream)))
        read_all(visitors, buffer)
        while len(visitors) > 200:
            visitors.pop(bed.random.randrange(len(visitors))).close()

    with beside(work, 0.1):
        yield
    for each in visitors:
        each.close()


def _slow_heads(page: Page, bed: Bed) -> Iterator[None]:
    head = page.ask(page.snapshot, "X-Slow: " + "x" * 1000)
    visitors = [page.connect() for _ in range(60)]
    sent = 0

    def work() -> None:
        nonlocal sent
        for each in visitors:
            with contextlib.suppress(OSError):
                each.sendall(head[sent : sent + 1])
        sent += 1

    with held(*visitors), beside(work, 0.5):
        yield


def _nonsense(page: Page, bed: Bed) -> Iterator[None]:
    starts = (
        b"GET ",
        b"POST /api/session HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n",
        b"\x16\x03\x01",
        b"PRI * HTTP/2.0",
        b"",
    )

    def work() -> None:
        noise = bed.random.randbytes(bed.random.randrange(1, 4096))
        with page.connect(bed.random.choice(starts) + noise) as visitor:
            visitor.settimeout(0.2)
            visitor.recv(4096)

    with beside(work, 0.02):
        yield


_both("never-reads", "25 viewers ask for the stream and never read", _never_read)
_both("flood", "50 viewers a second come, 200 of them stay", _flood)
_both("slowloris", "60 requests, a byte of their heads every half second", _slow_heads)
_both("nonsense", "requests of noise, 50 a second", _nonsense)
