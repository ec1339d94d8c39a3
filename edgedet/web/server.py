"""uvicorn, in a thread that isn't the main one: it listens where it is told, and stops on time."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Sequence
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from edgedet.errors import OutputError
from edgedet.web.door import TlsDoor
from edgedet.web.patience import HEADERS_S, READER_S, PatientHttp, PatientWebSocket
from edgedet.web.register import Register
from edgedet.web.sockets import BACKLOG

KEEP_ALIVE_S = 30
"""Seconds a connection is kept for the next question."""
LARGEST_MESSAGE = 64 << 10
"""Bytes of a message on a WebSocket, and of a request's headers."""
ASK_S, CUT_S = 0.4, 0.3
"""At the end: seconds for answers that are under way, then for their tasks to be cancelled."""


class Server(uvicorn.Server):
    """Serves an application on sockets that may change while it runs.

    Args:
        app: the application.
        register: counts connections.
        trusted: addresses of proxies whose headers are believed.
        headers_s, reader_s: see :mod:`edgedet.web.patience`.
    """

    def __init__(
        self,
        app: ASGIApp,
        register: Register,
        trusted: Sequence[str] = (),
        headers_s: float = HEADERS_S,
        reader_s: float = READER_S,
    ) -> None:
        http: Any = partial(PatientHttp, register, headers_s, reader_s)
        ws: Any = partial(PatientWebSocket, register, reader_s)
        config = uvicorn.Config(
            app,
            http=http,
            ws=ws,
            loop="asyncio",
            lifespan="on",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(trusted),
            forwarded_allow_ips=list(trusted),
            timeout_keep_alive=KEEP_ALIVE_S,
            ws_max_size=LARGEST_MESSAGE,
            h11_max_incomplete_event_size=LARGEST_MESSAGE,
        )
        super().__init__(config)
        logger = logging.getLogger("uvicorn.error")
        logger.setLevel(logging.ERROR)  # strangers' nonsense isn't worth a line each
        logger.addFilter(_is_fault)
        self.servers: list[asyncio.Server] = []
        self._register = register

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        """Nothing listens yet: see :meth:`listen`."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            raise OutputError("web: its parts can't start; the lines above say why")
        self.started = True

    async def listen(self, sock: socket.socket, context: ssl.SSLContext | None = None) -> None:
        """Answer on a socket too.

        Args:
            sock: listening; it is closed in the end.
            context: encrypts; None: plain.
        """
        protocol: Any = self.config.http_protocol_class
        make = partial(
            protocol,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        enter = make if context is None else partial(TlsDoor, self._register, context, make)
        self.servers.append(await asyncio.get_running_loop().create_server(enter, sock=sock, backlog=BACKLOG))

    def stop_listening(self) -> None:
        """Let nobody else in; who is in stays."""
        for server in self.servers:
            server.close()
        self.servers.clear()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        """End everything within a second: asked first, then told."""
        self.stop_listening()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        tasks = set(self.server_state.tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=ASK_S)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=CUT_S)
        self._register.abort()
        await self.lifespan.shutdown()


def _is_fault(record: logging.LogRecord) -> bool:
    """Whether it is worth logging: what is cancelled at the end isn't."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))
