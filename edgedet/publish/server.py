"""The live picture's server: a thread for each connection, all ended on time."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

from edgedet.publish.feed import Feed
from edgedet.publish.http import LiveHandler

log = logging.getLogger(__name__)

SEND_BUFFER = 64 << 10
"""Bytes the system may hold for a viewer (it doubles them): a slow one would only watch the past."""

SPARE = 32
"""Connections beside the viewers': pages, snapshots, and those that are told to come later."""


class LiveServer(socketserver.ThreadingTCPServer):
    """Listens from the moment it is made; each connection has a thread of its own, ended by :meth:`stop`.

    Args:
        family, address: where to listen, as of ``socket.getaddrinfo``.
        feeds: what is shown, by camera.
        max_connections: more are turned away at the door.

    Attributes:
        bytes_sent: of pictures, to all viewers.
        served: viewers so far.
        loopback: whether only this machine can get here.

    Raises:
        OSError: the address can't be had.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, family: int, address: Any, feeds: Mapping[str, Feed], max_connections: int) -> None:
        self.address_family = family
        self.feeds = feeds
        self.bytes_sent = self.served = 0
        self._max_connections = max_connections
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()
        super().__init__(address, LiveHandler)
        self.loopback = ipaddress.ip_address(str(self.server_address[0])).is_loopback
        self._thread = threading.Thread(target=self.serve_forever, args=(0.1,), name="edgedet-http", daemon=True)
        self._thread.start()

    def server_bind(self) -> None:
        """Bind, with the buffer that each connection takes over."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        super().server_bind()

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        """Whether there is room for one more connection."""
        with self._lock:
            return len(self._connections) < self._max_connections

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Remember a connection and its thread while it lasts."""
        with self._lock:
            self._connections[request] = threading.current_thread()
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                del self._connections[request]

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """A viewer that hangs up in mid-sentence is no error."""
        error = sys.exception()
        log.log(logging.DEBUG if isinstance(error, OSError) else logging.ERROR, "%s", client_address, exc_info=error)

    def count(self, viewers: int = 0, bytes_sent: int = 0) -> None:
        """Add to what was served."""
        with self._lock:
            self.served += viewers
            self.bytes_sent += bytes_sent

    def stop(self, within: float = 1.0) -> None:
        """Stop listening, hang up on everybody and wait up to ``within`` seconds for their threads."""
        deadline = time.monotonic() + within
        self.shutdown()
        self.server_close()
        with self._lock:
            connections = dict(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in connections.values():
            thread.join(max(0.0, deadline - time.monotonic()))
