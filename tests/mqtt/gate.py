"""A gate between a client and its broker, through which one direction can be closed."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Passes connections on to a port.

    Attributes:
        port: where it listens.
        swallows: what vanishes: ``requests`` (to the broker), ``replies``, or the replies to the connection that hears
            the echo alone, ``echoes``; empty: nothing.
        swallowed: bytes that did.
    """

    def __init__(self, target: int) -> None:
        self.swallows, self.swallowed, self._target = "", 0, target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every connection."""
        taken, self._open = self._open, []
        for each in taken:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._open += [client, server]
                echo = b"-echo" in client.recv(4096, socket.MSG_PEEK)
                for source, sink, kinds in (
                    (client, server, {"requests"}),
                    (server, client, {"replies", "echoes"} if echo else {"replies"}),
                ):
                    threading.Thread(target=self._pass, args=(source, sink, kinds), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, kinds: set[str]) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self.swallows in kinds:
                    self.swallowed += len(data)
                else:
                    sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def gate(target: int) -> Iterator[Gate]:
    opened = Gate(target)
    try:
        yield opened
    finally:
        opened.close()
