"""uvicorn's protocols, with an end to waiting: uvicorn itself waits forever for headers and for slow readers.

Both are the attacks known as slow-loris and slow-read. A deadline for the headers is what nginx calls
``client_header_timeout``, one for a reader that takes nothing ``send_timeout``.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from edgedet.web.register import Register

HEADERS_S = 10.0
"""Seconds in which a request's headers must be complete, from the start of the connection."""
READER_S = 20.0
"""Seconds in which a reader must take something of what waits for it."""


class Deadline:
    """Cuts a connection off when its time is up."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    def start(self, seconds: float, transport: asyncio.Transport) -> None:
        """Give it this long from now on."""
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(seconds, transport.abort)

    def stop(self) -> None:
        """It was in time."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None


class _Heard(asyncio.Protocol):
    """A connection whose other end must take something, now and then, of what waits for it."""

    transport: asyncio.Transport
    _answer: Deadline
    _reader_s: float

    def pause_writing(self) -> None:
        """The other end reads more slowly than we write."""
        super().pause_writing()
        self._answer.start(self._reader_s, self.transport)

    def resume_writing(self) -> None:
        """It has caught up."""
        self._answer.stop()
        super().resume_writing()


class PatientHttp(_Heard, H11Protocol):
    """HTTP/1.1 that hangs up on those who never finish their question, and those who never listen to the answer.

    Args:
        register: of all connections.
        headers_s, reader_s: see :data:`HEADERS_S`, :data:`READER_S`.
        given: uvicorn's own.
    """

    def __init__(self, register: Register, headers_s: float, reader_s: float, **given: Any) -> None:
        super().__init__(**given)
        self._register, self._headers_s, self._reader_s = register, headers_s, reader_s
        self._question, self._answer = Deadline(), Deadline()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody connected."""
        super().connection_made(transport)
        self._register.enter(transport)
        self._question.start(self._headers_s, self.transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._question.stop()
        self._answer.stop()
        self._register.leave(self.transport)
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Work through what has arrived."""
        super().handle_events()
        if self.cycle is not None and not self.cycle.response_complete:
            self._question.stop()
            self._register.busy(self.transport)

    def on_response_complete(self) -> None:
        """A question has been answered; the next one may come."""
        self._question.start(self.timeout_keep_alive + self._headers_s, self.transport)
        self._register.idle(self.transport)
        super().on_response_complete()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """The other protocol takes over."""
        self._question.stop()
        self._answer.stop()
        self._register.busy(self.transport)
        super().handle_websocket_upgrade(event)


class PatientWebSocket(_Heard, WebSocketsSansIOProtocol):
    """A WebSocket that hangs up on those who don't listen.

    Args:
        register, reader_s: as of :class:`PatientHttp`.
        given: uvicorn's own.
    """

    def __init__(self, register: Register, reader_s: float, **given: Any) -> None:
        super().__init__(**given)
        self._register, self._reader_s = register, reader_s
        self._answer = Deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._answer.stop()
        self._register.leave(self.transport)
        super().connection_lost(exc)
