"""TLS for connections that are counted from their first moment.

asyncio tells of a TLS connection only after its handshake: ten thousand that never begin one would take every file
handle there is, the camera's too.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

from edgedet.web.register import Register

HANDSHAKE_S = 10.0
"""Seconds in which a handshake must be done."""
GOODBYE_S = 1.0
"""Seconds to wait for the other end's close_notify (RFC 8446, section 6.1)."""


class TlsDoor(asyncio.Protocol):
    """Has a connection counted, shakes hands, and hands it to another protocol.

    Args:
        register: of all connections.
        context: with the certificate.
        make: makes the protocol that does the work.
    """

    def __init__(self, register: Register, context: ssl.SSLContext, make: Callable[[], asyncio.Protocol]) -> None:
        self._register, self._context, self._make = register, context, make
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody connected."""
        transport.pause_reading()  # the first bytes are for TLS, which isn't there yet
        self._register.enter(transport)
        if not transport.is_closing():
            self._task = asyncio.get_running_loop().create_task(self._shake_hands(transport))

    async def _shake_hands(self, transport: asyncio.Transport) -> None:
        early = _Early()
        try:
            encrypted = await asyncio.get_running_loop().start_tls(
                transport,
                early,
                self._context,
                server_side=True,
                ssl_handshake_timeout=HANDSHAKE_S,
                ssl_shutdown_timeout=GOODBYE_S,
            )
        except (OSError, asyncio.CancelledError):  # ssl.SSLError and timeouts are OSErrors: no handshake, no connection
            self._register.leave(transport)
            transport.abort()
            return
        if encrypted is None or early.lost:
            self._register.leave(transport)
            return
        self._register.leave(transport)  # the protocol enters what it is called from now on
        protocol = self._make()
        encrypted.set_protocol(protocol)
        protocol.connection_made(encrypted)
        if early.data:
            protocol.data_received(bytes(early.data))


class _Early(asyncio.Protocol):
    """Keeps what arrives right behind the handshake."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.lost = False

    def data_received(self, data: bytes) -> None:
        self.data += data

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.lost = True
