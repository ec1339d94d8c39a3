"""Stands before every route: nobody comes in who isn't known, whatever a route forgot to ask."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edgedet.errors import OutputError
from edgedet.web.access import USER
from edgedet.web.accounts import Accounts
from edgedet.web.csrf import SAFE_METHODS, is_own_page, refusal
from edgedet.web.problems import problem
from edgedet.web.user import User

log = logging.getLogger(__name__)

SESSION = "edgedet.session"
"""Where in a connection's scope the session's id is put."""
LOOK_AGAIN_S = 20.0
"""Seconds after which an open stream or WebSocket is asked again whether its session still stands."""
OPEN = frozenset(
    {
        ("GET", "/api/session"),
        ("POST", "/api/session"),
        ("POST", "/api/setup"),
        ("GET", "/api/health/live"),
        ("HEAD", "/api/health/live"),
    }
)
"""Routes for everybody; so are the page's own files, which hold nothing but the page."""


def cookie_name(scheme: str) -> str:
    """The name of the session's cookie: under TLS one that browsers take only from this host, and only encrypted."""
    return "__Host-edgedet" if scheme in ("https", "wss") else "edgedet"


@dataclass(frozen=True, slots=True)
class _Known:
    user: User
    secret: str
    session: bool
    due: bool


class Guard:
    """Finds out who asks, refuses who may not, and notes what was changed.

    Args:
        app: what answers.
        accounts: who is known.
        open_metrics: whether ``/metrics`` is for everybody.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts, open_metrics: bool) -> None:
        self._app, self._accounts = app, accounts
        self._open = OPEN | ({("GET", "/metrics"), ("HEAD", "/metrics")} if open_metrics else frozenset())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            known = self._identify(connection)
            refused = self._refusal(connection, known)
        except OutputError as error:
            log.error("%s", error)
            known, refused = None, (503, "users: can't be read now; the camera's log has more")
        if refused is not None:
            await _refuse(*refused, scope, receive, send)
            return
        if known is not None:
            scope[USER] = known.user
            if known.session:
                scope[SESSION] = known.secret
            await self._touch(known)
        await self._pass_on(connection, known, receive, send)

    def _identify(self, connection: HTTPConnection) -> _Known | None:
        kind, _, token = connection.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            found = self._accounts.machines.find(token.strip())
            return _Known(found[0], token.strip(), False, found[1]) if found else None
        secret = connection.cookies.get(cookie_name(connection.scope["scheme"]))
        if not secret or len(secret) > 100:
            return None
        found = self._accounts.sessions.find(secret)
        return _Known(found[0], secret, True, found[1]) if found else None

    def _refusal(self, connection: HTTPConnection, known: _Known | None) -> tuple[int, str] | None:
        scope = connection.scope
        method = scope.get("method", "GET")
        own = is_own_page(connection)
        if own is False and (scope["type"] == "websocket" or method not in SAFE_METHODS):
            return 403, "origin: another page's; use the camera's own page (behind a proxy: web.trusted_proxies)"
        is_open = scope["type"] == "http" and self._is_open(method, scope["path"])
        if known is None:
            return None if is_open else (401, "session: missing or over; log in")
        if not known.session or is_open:
            return None
        if scope["type"] == "websocket":
            return None if own else (403, "origin: missing; browsers send it, machines use a token")
        if method not in SAFE_METHODS and (why := refusal(connection, known.secret)):
            return 403, why
        return None

    def _is_open(self, method: str, path: str) -> bool:
        of_page = not (path.startswith(("/api/", "/metrics")) or path == "/api")
        return of_page or (method, path) in self._open

    async def _touch(self, known: _Known) -> None:
        if known.due:
            touch = self._accounts.sessions.touch if known.session else self._accounts.machines.touch
            await run_in_threadpool(touch, known.secret)

    async def _pass_on(self, connection: HTTPConnection, known: _Known | None, receive: Receive, send: Send) -> None:
        scope = connection.scope
        status, looked, over = 0, time.monotonic(), False

        async def watched(message: Message) -> None:
            """Pass a message on, as long as whoever it goes to may hear it."""
            nonlocal status, looked, over
            if over:
                if scope["type"] == "websocket":
                    raise OSError("the session is over")  # to the route it looks as if the browser had gone
                return
            status = message.get("status", status)
            if known is not None and time.monotonic() - looked > LOOK_AGAIN_S:
                looked = time.monotonic()
                if (again := self._identify(connection)) is None:
                    over = True
                    await send(_end_of(message))
                    return
                await self._touch(again)
            await send(message)

        async def until_over() -> Message:
            return {"type": _DISCONNECT[scope["type"]], "code": 1008} if over else await receive()

        await self._app(scope, until_over, watched)
        if known is not None and scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            action = f"{scope['method']} {scope['path']}"
            address = scope["client"][0] if scope.get("client") else ""
            await run_in_threadpool(
                self._accounts.audit.note, known.user.name, address, action, status < 400, status=status
            )


_DISCONNECT = {"http": "http.disconnect", "websocket": "websocket.disconnect"}


def _end_of(message: Message) -> Message:
    """What ends a stream or WebSocket instead of its next part."""
    if message["type"].startswith("websocket."):
        return {"type": "websocket.close", "code": 1008, "reason": "session: over; log in"}
    return {"type": "http.response.body", "body": b"", "more_body": False}


async def _refuse(status: int, detail: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": detail})
        return
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    await problem(status, detail, headers)(scope, receive, send)
