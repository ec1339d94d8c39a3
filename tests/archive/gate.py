"""An HTTP proxy before a storage, that makes single requests fail as networks and storages do."""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

Fault = Literal["", "403", "503", "skew", "slow", "reset", "lost", "truncate", "cut"]
"""What may happen to a request:

* ``403``, ``503``, ``skew``: it is refused, by the error that S3 has for that;
* ``slow``: it arrives, and its answer comes too late;
* ``reset``: the connection breaks in the middle of its body;
* ``lost``: it arrives, and the connection breaks before the answer;
* ``truncate``: half of its body arrives, and the storage is content with that;
* ``cut``: half of the answer's body comes.
"""
FAULTS: tuple[Fault, ...] = ("403", "503", "skew", "slow", "reset", "lost", "truncate", "cut")
_CODES = {"403": "AccessDenied", "503": "SlowDown", "skew": "RequestTimeTooSkewed"}
_RESET = struct.pack("ii", 1, 0)


class Gate(ThreadingHTTPServer):
    """Passes requests on to a port of this machine.

    Args:
        target: the storage's port.
        slow_s: how late a slow answer is.

    Attributes:
        choose: what happens to a request, by its method and path; may be changed at any time.
        done: how often each fault happened.
        asked: the requests that came, as method and path.
    """

    daemon_threads = True

    def __init__(self, target: int, slow_s: float = 3.0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target, self.slow_s = target, slow_s
        self.choose: Callable[[str, str], Fault] = lambda _method, _path: ""
        self.done: Counter[str] = Counter()
        self.asked: list[tuple[str, str]] = []
        self.port = int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is gone is part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Gate

    def _any(self) -> None:
        gate = self.server
        gate.asked.append((self.command, self.path))
        fault = gate.choose(self.command, self.path)
        length = int(self.headers.get("Content-Length", 0))
        if fault in ("truncate", "reset") and length < 2:
            fault = "503"
        if fault:
            gate.done[fault] += 1
        if fault == "reset":
            self.rfile.read(length // 2)
            self._break()
            return
        body = self.rfile.read(length)
        if len(body) < length:  # it was killed in the middle: the storage gets to know nothing
            self.close_connection = True
        elif fault in _CODES:
            self._refuse(503 if fault == "503" else 403, _CODES[fault])
        else:
            self._pass(body[: length // 2] if fault == "truncate" else body, fault)

    def _pass(self, body: bytes, fault: Fault) -> None:
        behind = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        behind.request(self.command, self.path, body, {**headers, "Content-Length": str(len(body))})
        answer = behind.getresponse()
        data = answer.read()
        behind.close()
        if fault == "slow":
            time.sleep(self.server.slow_s)
        if fault == "lost":
            self._break()
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length", "server", "date"):
                self.send_header(name, value)
        size = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(data))
        self.send_header("Content-Length", size or "0")
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if fault == "cut" else data)
        if fault == "cut":
            self._break()

    def _refuse(self, status: int, code: str) -> None:
        data = f"<Error><Code>{code}</Code><Message>made up</Message></Error>".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _break(self) -> None:
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _any


@contextlib.contextmanager
def gate(target: int, slow_s: float = 3.0) -> Iterator[Gate]:
    """One, closed at the end."""
    opened = Gate(target, slow_s)
    thread = threading.Thread(target=opened.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield opened
    finally:
        opened.shutdown()
        opened.server_close()
