"""The plain servers, of the live picture and of the figures: raw bytes where a request should be."""

from __future__ import annotations

import contextlib
import functools
import socket
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace
from typing import Any

from edgedet.metrics.server import MetricsHandler
from edgedet.publish.feed import Feed
from edgedet.publish.http import LiveHandler
from tests.fuzz.judge import Wrong
from tests.web.driving import a_result

LONGEST = 4096
INCLUDE = ("http.server", "http.client", "email.feedparser")
WORDS = (
    b"GET / HTTP/1.1\r\n", b"GET /stream.mjpg HTTP/1.0\r\n", b"HEAD /snapshot.jpg HTTP/1.1\r\n", b"Host: localhost\r\n",
    b"GET /health\r\n", b"POST / HTTP/1.1\r\n", b"Expect: 100-continue\r\n", b"Connection: keep-alive\r\n", b"HTTP/9.9",
    b"Content-Length: 99999999999\r\n", b"\r\n\r\n", b"OPTIONS * HTTP/1.1\r\n", b"GET /metrics HTTP/1.1\r\n",
    b"HTTP/1.",
)  # fmt: skip


class _Once(Feed):
    """A feed that ends after one picture."""

    @property
    def closed(self) -> bool:
        return True


@functools.cache
def _server(several: bool) -> Any:
    feeds = {name: _Once(70, 0, 4) for name in ("front", "back")[: 1 + several]}
    for feed in feeds.values():
        feed.put(a_result())
    return SimpleNamespace(
        loopback=not several, feeds=feeds, count=lambda **_: None, render=lambda accept: (b"", accept), served=0
    )


def case(data: bytes) -> None:
    """The first byte chooses the server."""
    kind, request = data[:1], data[1:]
    handler = MetricsHandler if kind == b"m" else LiveHandler
    answer = _ask(handler, _server(kind == b"2"), request)
    if not answer or _is_old(request):
        return
    first = answer.split(b"\r\n", 1)[0].split(b" ")
    if first[0] not in (b"HTTP/1.1", b"HTTP/1.0") or not first[1].isdigit():
        raise Wrong(f"an answer without a head: {answer[:200]!r}")
    if first[1] == b"500":
        raise Wrong(f"a fault of its own: {answer[:300]!r}")


def _is_old(request: bytes) -> bool:
    """Whether it asks in HTTP/0.9, whose answers have no head."""
    words = request.partition(b"\n")[0].split()
    return len(words) == 2 or (len(words) > 2 and words[-1].startswith(b"HTTP/0"))


def _ask(handler: type[BaseHTTPRequestHandler], server: Any, request: bytes) -> bytes:
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        there.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        here.send(request)
        here.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):  # as the server takes it: somebody who hangs up is no error
            handler(there, ("127.0.0.1", 50000), server)
        there.close()
        answer = b""
        with contextlib.suppress(OSError):
            while part := here.recv(1 << 20):
                answer += part
    return answer


def seeds() -> list[bytes]:
    paths = ("/", "/stream.mjpg", "/snapshot.jpg", "/health", "/front/", "/back/stream.mjpg", "/metrics", "/x?y")
    made = [f"{kind}GET {path} HTTP/1.1\r\nHost: localhost:8080\r\n\r\n".encode() for kind in "12m" for path in paths]
    return [
        *made,
        b"1GET /\r\n",
        b"1POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
        b"m\0\r\n\r\n",
        b"1GET / HTTP/2.0\r\n",
        b"mX / HTTP/0.9\r\n\r\n",
    ]
