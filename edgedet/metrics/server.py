"""The server of the figures: a thread for each request, few at once, each soon over."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

from edgedet.listening import is_local

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds somebody may neither send nor take a byte before being let go."""

MOST = 16
"""Connections at once. At one more the oldest is hung up on, so that nobody can keep others out by dawdling."""

Render = Callable[[str], tuple[bytes, str]]
"""Gives the body and its type for what an ``Accept`` header says."""


class MetricsServer(socketserver.ThreadingTCPServer):
    """Listens from the moment it is made, in threads of its own, until :meth:`stop`.

    Args:
        family, address: where to listen, as of ``socket.getaddrinfo``.
        render: makes the answer.

    Attributes:
        served: answers so far.
        loopback: whether only this machine can get here.

    Raises:
        OSError: the address can't be had.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, family: int, address: Any, render: Render) -> None:
        self.address_family = family
        self.render, self.served = render, 0
        self._connections: dict[socket.socket, None] = {}
        self._lock = threading.Lock()
        super().__init__(address, MetricsHandler)
        self.loopback = ipaddress.ip_address(str(self.server_address[0])).is_loopback
        threading.Thread(target=self.serve_forever, args=(0.2,), name="edgedet-metrics-http", daemon=True).start()

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        """Let everybody in; where there is no room, the oldest connection makes it."""
        with self._lock:
            if len(self._connections) >= MOST:
                oldest = next(iter(self._connections))
                del self._connections[oldest]
                _hang_up(oldest)
            self._connections[request] = None
            return True

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that is over."""
        with self._lock:
            self._connections.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Somebody who hangs up in mid-sentence is no error."""
        error = sys.exception()
        log.log(logging.DEBUG if isinstance(error, OSError) else logging.ERROR, "%s", client_address, exc_info=error)

    def stop(self) -> None:
        """Stop listening and hang up on everybody."""
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self._connections:
                _hang_up(connection)


class MetricsHandler(BaseHTTPRequestHandler):
    """One connection, and the one request that it brings."""

    server: MetricsServer
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # not 0.9, whose answers have no head
    server_version = "edgedet"
    sys_version = ""
    timeout = PATIENCE

    def do_GET(self) -> None:
        """Answer, if the name it was asked by is this machine's."""
        path = self.path.partition("?")[0]
        if self.server.loopback and not is_local(self.headers.get("Host", "")):
            self.send_error(HTTPStatus.FORBIDDEN, explain="Only localhost is answered here; metrics.host opens it.")
        elif path != "/metrics":
            self.send_error(HTTPStatus.NOT_FOUND, explain="There is /metrics.")
        else:
            try:
                body, kind = self.server.render(self.headers.get("Accept", ""))
            except Exception:
                log.exception("the figures can't be read")
                self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR, explain="The figures can't be read; see the log.")
                return
            self.server.served += 1
            self._send(HTTPStatus.OK, kind, body)

    do_HEAD = do_GET

    def refuse(self) -> None:
        """There is nothing to change here."""
        self.send_error(HTTPStatus.METHOD_NOT_ALLOWED, explain="Only GET and HEAD are answered.")

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = refuse

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Refuse, in a sentence of plain text."""
        status = HTTPStatus(code)
        self._send(status, "text/plain; charset=utf-8", f"{explain or status.phrase}\n".encode())

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, HEAD")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """For those who look closely; what a stranger sent is quoted."""
        log.debug("%s %r", self.client_address[0], format % args)


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
