"""The web as a service of the running camera."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Mapping
from typing import Any

from edgedet.config.web import WebConfig
from edgedet.control import Control
from edgedet.publish.feed import Feed
from edgedet.web.accounts import Accounts
from edgedet.web.app import make_app
from edgedet.web.desk import Desk
from edgedet.web.encryption import Encryption
from edgedet.web.folder import web_folder
from edgedet.web.hub import Hub
from edgedet.web.register import Register
from edgedet.web.server import Server
from edgedet.web.sockets import is_loopback, listen
from edgedet.web.welcome import announce, opened_up

LOOPBACK = "127.0.0.1"
LOOK_S = 1.0
"""Seconds between two looks for the first user."""
CERTIFICATE_S = 600.0
"""Seconds between two looks for a renewed certificate."""
END_S = 0.3
"""Seconds for what is left in the event loop at the end."""


class WebService:
    """Serves the page and its interface. A :class:`edgedet.service.Service`.

    Until somebody has a password only this machine gets in, wherever ``web.host`` says to listen.

    Args:
        config: ``[web]``.
        control: what may be asked of the camera.
        feeds: the live picture of each camera.
        hub: results and events for those who watch.

    Attributes:
        url: the page's address on this machine, once open.
    """

    name = "web"

    def __init__(self, config: WebConfig, control: Control, feeds: Mapping[str, Feed], hub: Hub) -> None:
        self.url = ""
        self._config, self._desk = config, Desk(control, feeds, hub)
        self._folder = web_folder(config, control.storage)
        self._accounts: Accounts | None = None
        self._encryption: Encryption | None = None
        self._sockets: list[tuple[socket.socket, bool]] = []
        self._public = False
        self._port = 0
        self._register = Register(config.max_connections)
        self._server: Server | None = None
        self._closed = threading.Event()

    def open(self) -> None:
        """Start listening.

        Raises:
            ConfigError: the certificate can't be used. OutputError: the port or the folder can't be had.
        """
        self._let_go()
        self._closed.clear()
        config = self._config
        self._encryption = Encryption(config, self._folder) if config.tls else None
        self._accounts = accounts = Accounts(self._folder, config)
        self._public = bool(len(accounts.users)) or is_loopback(config.host)
        try:
            self._bind(config.port)
        except BaseException:
            self._let_go()
            raise
        self._register = Register(config.max_connections)
        https_port = self._port if config.redirect_port else None
        app = make_app(self._desk, accounts, config, https_port)
        self._server = Server(app, self._register, config.trusted_proxies)
        announce(self.url, config, self._public, accounts)

    def run(self) -> None:
        """Serve until :meth:`close`."""
        server = self._server
        if server is None or self._closed.is_set():
            return
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(self._serve(server))
        finally:
            loop.run_until_complete(self._end())
            loop.close()
            self._let_go()

    def close(self) -> None:
        """Stop listening and end every connection, streams and WebSockets too, within a second."""
        self._closed.set()
        self._desk.hub.hang_up()
        if self._server is not None:
            self._server.should_exit = True

    def report(self) -> dict[str, Any]:
        """Where it listens, to whom, and how many are connected."""
        server = self._server
        return {
            "url": self.url,
            "open_to": "this machine" if not self._public or is_loopback(self._config.host) else "the network",
            "connections": len(self._register),
            "turned_away": self._register.turned_away,
            "requests": server.server_state.total_requests if server is not None else 0,
            "certificate_ends": self._encryption.ends if self._encryption is not None else None,
        }

    async def _serve(self, server: Server) -> None:
        loop = asyncio.get_running_loop()
        looking = loop.create_task(self._look(server))
        try:
            serving = loop.create_task(server.serve())
            await asyncio.wait((serving, looking), return_when=asyncio.FIRST_COMPLETED)
            server.should_exit = True
            await serving
            if looking.done() and not looking.cancelled():
                looking.result()
        finally:
            looking.cancel()

    async def _end(self) -> None:
        """Leave nothing in the loop: a connection may have come in while all others were ended."""
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=END_S)
        self._register.abort()
        await asyncio.sleep(0.01)  # what was cut off is closed in the loop's next rounds

    async def _look(self, server: Server) -> None:
        """Listen; then look for the first user, and for a new certificate."""
        while not server.started:
            await asyncio.sleep(0)
        await self._listen(server)
        while not self._public:
            await asyncio.sleep(LOOK_S)
            if self._accounts is not None and len(self._accounts.users):
                await self._open_up(server)
        while True:
            await asyncio.sleep(CERTIFICATE_S)
            if self._encryption is not None:
                self._encryption.look_again()

    async def _listen(self, server: Server) -> None:
        for sock, plain in self._sockets:
            await server.listen(sock, None if plain else self._context())
        self._sockets.clear()

    async def _open_up(self, server: Server) -> None:
        server.stop_listening()  # both can't have the port; who is in already stays
        self._public = True
        self._bind(self._port)
        await self._listen(server)
        opened_up(self._config)

    def _context(self) -> ssl.SSLContext | None:
        return self._encryption.context if self._encryption is not None else None

    def _bind(self, port: int) -> None:
        config = self._config
        host = config.host if self._public else LOOPBACK
        self._sockets.append((listen(host, port), False))
        self._port = self._sockets[0][0].getsockname()[1]
        if config.redirect_port:
            self._sockets.append((listen(host, config.redirect_port, "web.redirect_port"), True))
        shown = config.host.strip("[]") if is_loopback(host) and self._public else LOOPBACK
        scheme = "https" if config.tls else "http"
        self.url = f"{scheme}://{f'[{shown}]' if ':' in shown else shown}:{self._port}/"

    def _let_go(self) -> None:
        for sock, _ in self._sockets:
            sock.close()
        self._sockets.clear()
        if self._accounts is not None:
            with contextlib.suppress(OSError):
                self._accounts.close()
        self._accounts = None
