"""What the live picture's server answers.

``/`` is a page, ``/stream.mjpg`` the stream, ``/snapshot.jpg`` the newest picture, ``/health`` figures as JSON. With
several cameras each has these below its name, as in ``/front/stream.mjpg``, and ``/`` leads to them.
One request a connection: nothing lingers, and a body nobody asked for can't pass for the next request.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import logging
import re
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgedet.listening import is_local
from edgedet.publish.feed import Feed

if TYPE_CHECKING:
    from edgedet.publish.server import LiveServer

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds somebody may neither send a request nor take a byte before being let go."""

STILL_HERE = 5.0
"""Seconds without a new picture after which the last is sent again: that is how one finds a viewer gone."""

BOUNDARY = "edgedet-next-frame"

_INDEX_STYLE = (
    "body{margin:1rem;display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:1rem;"
    "background:#111;font:1rem system-ui}a{color:#eee;text-decoration:none}img{display:block;width:100%}"
)


class LiveHandler(BaseHTTPRequestHandler):
    """One connection, and the one request that it brings."""

    server: LiveServer
    feed: Feed
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # not 0.9, whose answers have no head
    server_version = "edgedet"
    sys_version = ""
    timeout = PATIENCE
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer, if the name it was asked by is this machine's."""
        if self.server.loopback and not is_local(self.headers.get("Host", "")):
            self.send_error(HTTPStatus.FORBIDDEN, explain="Only localhost is answered here; --host opens it to others.")
            return
        feeds, path = self.server.feeds, self.path.partition("?")[0]
        several = len(feeds) > 1
        if several and path == "/":
            self.index()
            return
        there = {
            (f"/{name}" if several else "") + route: (feed, answer)
            for name, feed in feeds.items()
            for route, answer in _ROUTES.items()
        }
        if path in there:
            self.feed, answer = there[path]
            answer(self)
        else:
            self.send_error(HTTPStatus.NOT_FOUND, explain=f"There are {', '.join(['/'] * several + list(there))}.")

    do_HEAD = do_GET

    def refuse(self) -> None:
        """There is nothing to change here."""
        self.send_error(HTTPStatus.METHOD_NOT_ALLOWED, explain="Only GET and HEAD are answered.")

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = refuse

    def index(self) -> None:
        """The newest picture of every camera, leading to its page."""
        links = "".join(
            f'<a href="{name}/"><img src="{name}/snapshot.jpg" alt="{name}">{name}</a>' for name in self.server.feeds
        )
        body = f"<!doctype html><title>edgedet</title><style>{_INDEX_STYLE}</style>{links}".encode()
        digest = base64.b64encode(hashlib.sha256(_INDEX_STYLE.encode()).digest()).decode()
        policy = f"default-src 'none'; img-src 'self'; style-src 'sha256-{digest}'"
        self._send(HTTPStatus.OK, "text/html; charset=utf-8", body, {"Content-Security-Policy": policy})

    def page(self) -> None:
        """The live picture, in a page."""
        body, policy = _page()
        self._send(HTTPStatus.OK, "text/html; charset=utf-8", body, {"Content-Security-Policy": policy})

    def health(self) -> None:
        """Figures; see :meth:`edgedet.publish.feed.Feed.health`."""
        self._send(HTTPStatus.OK, "application/json", json.dumps(self.feed.health()).encode() + b"\n")

    def snapshot(self) -> None:
        """The newest picture."""
        jpeg = self.feed.jpeg()
        if jpeg is None:
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE, explain="There is no picture yet; try again in a moment.")
        else:
            self._send(HTTPStatus.OK, "image/jpeg", jpeg)

    def stream(self) -> None:
        """One picture after the other, the newest each time, until the viewer goes."""
        feed = self.feed
        if not feed.enter():
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE, explain="As many watch as may; try again later.")
            return
        try:
            self._head(HTTPStatus.OK, f"multipart/x-mixed-replace;boundary={BOUNDARY}", {})
            self.server.count(viewers=1)
            if self.command != "HEAD":
                self._frames(feed)
        finally:
            feed.leave()

    def _frames(self, feed: Feed) -> None:
        """Each picture is followed by the next one's boundary, not led by its own: a browser shows it at once."""
        self._send_all(f"--{BOUNDARY}\r\n".encode())
        feed.jpeg()  # what came while nobody watched isn't encoded yet, and a still camera may send no other for long
        seen = 0
        while True:
            seen, jpeg = feed.next_jpeg(seen, STILL_HERE)
            if feed.closed:
                return
            if jpeg is not None:
                head = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self._send_all(head.encode() + jpeg + f"\r\n--{BOUNDARY}\r\n".encode())

    def _send_all(self, data: bytes) -> None:
        """Not sendall: its timeout is for the whole, and a slow viewer is still a viewer."""
        rest = memoryview(data)
        while rest:
            sent = self.connection.send(rest)
            self.server.count(bytes_sent=sent)
            rest = rest[sent:]

    def _send(self, status: HTTPStatus, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self._head(status, kind, {"Content-Length": str(len(body)), **(headers or {})})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, status: HTTPStatus, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        fixed = {
            "Content-Type": kind,
            "Connection": "close",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": "default-src 'none'",
        }
        for name, value in (fixed | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Refuse, in a sentence of plain text."""
        status = HTTPStatus(code)
        headers = {"Allow": "GET, HEAD"} if status is HTTPStatus.METHOD_NOT_ALLOWED else {}
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            headers["Retry-After"] = "2"
        self._send(status, "text/plain; charset=utf-8", f"{explain or status.phrase}\n".encode(), headers)

    def log_message(self, format: str, *args: Any) -> None:
        """For those who look closely; what a stranger sent is quoted."""
        log.debug("%s %r", self.client_address[0], format % args)


_ROUTES: dict[str, Callable[[LiveHandler], None]] = {
    "/": LiveHandler.page,
    "/stream.mjpg": LiveHandler.stream,
    "/snapshot.jpg": LiveHandler.snapshot,
    "/health": LiveHandler.health,
}


@functools.cache
def _page() -> tuple[bytes, str]:
    """The page, and a policy under which nothing but its own style and script runs."""
    text = Path(__file__).with_name("live.html").read_text(encoding="utf-8")
    policy = "default-src 'none'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'"
    for tag in ("style", "script"):
        part = re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        if part:
            digest = base64.b64encode(hashlib.sha256(part[1].encode()).digest()).decode()
            policy += f"; {tag}-src 'sha256-{digest}'"
    return text.encode(), policy
