"""The HTTP side of the live picture.

``/`` is a page, ``/stream.mjpg`` the stream, ``/snapshot.jpg`` the newest picture, ``/health`` figures as JSON.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import socket
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edgedet.publish.mjpeg import MjpegPublisher

PAGE = Path(__file__).with_name("live.html")
BOUNDARY = "edgedet-frame"
PATIENCE = 10.0
"""Seconds a viewer may take no byte at all before it is let go."""
SEND_BUFFER = 128 << 10
"""Bytes the system may hold for a viewer: a few frames, so that a slow one doesn't watch the past."""

_SECURITY = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class LiveServer(ThreadingHTTPServer):
    """Listens for viewers; each has a thread of its own, ended by :meth:`stop`."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, publisher: MjpegPublisher) -> None:
        self.publisher = publisher
        host, port = publisher.config.host, publisher.config.port
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self.server_address[1]}/"
        self.loopback = _is_loopback(str(self.server_address[0]))
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.2,), name="edgedet-http", daemon=True)

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and hang up on everybody."""
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(1)

    def track(self, connection: socket.socket, here: bool) -> None:
        """Remember a connection while it lasts."""
        with self._lock:
            (self._connections.add if here else self._connections.discard)(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A viewer that hangs up in mid-sentence is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: LiveServer
    protocol_version = "HTTP/1.1"
    server_version = "edgedet"
    sys_version = ""
    timeout = PATIENCE

    def setup(self) -> None:
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.server.track(self.request, here=True)
        super().setup()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.server.track(self.request, here=False)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if self.server.loopback and not _is_local_name(self.headers.get("Host", "")):
            self._send(HTTPStatus.FORBIDDEN, "text/plain", b"this address is for this machine alone\n")
        elif path == "/":
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", PAGE.read_bytes())
        elif path == "/health":
            body = json.dumps(self.server.publisher.health()).encode() + b"\n"
            self._send(HTTPStatus.OK, "application/json", body)
        elif path == "/snapshot.jpg":
            jpeg = self.server.publisher.snapshot()
            if jpeg is None:
                self._send(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"no picture yet\n")
            else:
                self._send(HTTPStatus.OK, "image/jpeg", jpeg)
        elif path == "/stream.mjpg":
            self._stream()
        else:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"there is /, /stream.mjpg, /snapshot.jpg and /health\n")

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self._end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _end_headers(self) -> None:
        for name, value in _SECURITY.items():
            self.send_header(name, value)
        self.end_headers()

    def _stream(self) -> None:
        self.close_connection = True
        if not self.server.publisher.enter():
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"too many viewers; try again later\n")
            return
        try:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
            self.send_header("Connection", "close")
            self._end_headers()
            if self.command != "HEAD":
                self._frames()
        except OSError:  # gone, or reading nothing for too long
            return
        finally:
            self.server.publisher.leave()

    def _frames(self) -> None:
        seen = 0
        while (newer := self.server.publisher.next_jpeg(seen)) is not None:
            seen, jpeg = newer
            head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
            rest = memoryview(head + jpeg + b"\r\n")
            while rest:  # not sendall: its timeout is for the whole, and a slow viewer is still a viewer
                rest = rest[self.connection.send(rest) :]

    def log_message(self, format: str, *args: Any) -> None:
        """Requests aren't logged."""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_local_name(host: str) -> bool:
    """Whether a Host header names this machine; another name that leads here is a page's trick (DNS rebinding)."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and not host.endswith("]") else host
    return name.lower() in ("localhost", "") or _is_loopback(name.strip("[]"))
