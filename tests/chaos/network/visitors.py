"""Connections that stay, and what is done to them again and again."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def held(*visitors: socket.socket) -> Iterator[None]:
    """Connections that stay, unread, until the end."""
    try:
        yield
    finally:
        for each in visitors:
            each.close()


@contextlib.contextmanager
def beside(work: Callable[[], None], every: float) -> Iterator[None]:
    """Something is done again and again in a thread, so many seconds apart."""
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(every):
            with contextlib.suppress(OSError):
                work()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(15)


def read_all(visitors: list[socket.socket], buffer: bytearray) -> None:
    """Take whatever has come for any of them; those that were hung up on are left out from then on."""
    with selectors.DefaultSelector() as ready:
        for each in visitors:
            ready.register(each, selectors.EVENT_READ)
        for key, _ in ready.select(0):
            sock = key.fileobj
            assert isinstance(sock, socket.socket)
            try:
                gone = sock.recv_into(buffer) == 0
            except OSError:
                gone = True
            if gone:
                visitors.remove(sock)
