"""The web as a service in a thread, as the application runs it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from edgedet.config.web import WebConfig
from edgedet.web.desk import Desk
from edgedet.web.service import WebService


@contextmanager
def serving(desk: Desk, config: WebConfig) -> Iterator[WebService]:
    """Open and running; closed in the end, and that within a second."""
    service = WebService(config, desk.control, desk.feeds, desk.hub)
    service.open()
    thread = threading.Thread(target=service.run, name="web")
    thread.start()
    try:
        wait_for(lambda: answers(service), "it answers")
        yield service
    finally:
        begun = time.monotonic()
        service.close()
        thread.join(10)
        took = time.monotonic() - begun
        assert not thread.is_alive()
        assert took < 1.5, f"closing took {took:.1f} s"


def port_of(service: WebService) -> int:
    return int(service.url.rstrip("/").rpartition(":")[2])


def answers(service: WebService) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port_of(service)), 1).close()
    except OSError:
        return False
    return True


def wait_for(what: Callable[[], bool], said: str, seconds: float = 10) -> None:
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, f"in vain waited until {said}"
        time.sleep(0.02)


def ask(service: WebService, request: bytes, timeout: float = 5, host: str = "127.0.0.1") -> bytes:
    """Send bytes, and everything that comes back until the other end closes."""
    with socket.create_connection((host, port_of(service)), timeout) as sock:
        sock.sendall(request)
        return read_all(sock)


def read_all(sock: socket.socket) -> bytes:
    got = b""
    try:
        while piece := sock.recv(65536):
            got += piece
    except ConnectionResetError:
        pass
    return got


GET = b"GET /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
