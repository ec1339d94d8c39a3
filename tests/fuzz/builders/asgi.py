"""A request, from what it looks like on the wire to what an ASGI application is called with."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from anyio import to_thread
from starlette.types import ASGIApp, Message

PATIENCE = 60.0


@dataclass(slots=True)
class Answer:
    """What came back.

    Attributes:
        status: 0: nothing.
        headers: as they are.
        body: all of it.
    """

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""


async def _here(function: Callable[..., Any], *given: Any, **_: Any) -> Any:
    return function(*given)


@contextlib.contextmanager
def _without_threads() -> Iterator[None]:
    """What an application does in threads it does here: a request hops into one ten times, most of its time."""
    before = to_thread.run_sync
    to_thread.run_sync = _here  # type: ignore[assignment]
    try:
        yield
    finally:
        to_thread.run_sync = before


@functools.cache
def loop() -> asyncio.AbstractEventLoop:
    """One for all cases: applications keep tasks in it."""
    return asyncio.new_event_loop()


def scope_of(head: bytes, more: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    """A connection's scope from a request line and header lines; what isn't one is left out, as a server refuses it."""
    first, _, lines = head.partition(b"\n")
    method, _, target = first.strip().partition(b" ")
    raw, _, query = target.partition(b" ")[0].partition(b"?")
    headers = [
        (name.strip().lower(), value.strip())
        for name, colon, value in (line.partition(b":") for line in lines.split(b"\n"))
        if colon and name.strip() and b"\0" not in line_of(name, value)
    ]
    websocket = method == b"WS"
    names = {name for name, _ in headers}
    defaults = [(b"host", b"127.0.0.1:8080"), (b"origin", b"http://127.0.0.1:8080")]
    return {
        "type": "websocket" if websocket else "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method.decode("latin-1") or "GET",
        "scheme": "ws" if websocket else "http",
        "path": unquote_to_bytes(raw or b"/").decode("utf-8", "replace"),
        "raw_path": raw or b"/",
        "query_string": query,
        "root_path": "",
        "headers": headers + [each for each in defaults if each[0] not in names] + more,
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8080),
        "subprotocols": [],
        "state": {},
    }


def line_of(name: bytes, value: bytes) -> bytes:
    """A header's line as it was."""
    return name + b":" + value


def ask(app: ASGIApp, scope: dict[str, Any], body: bytes, stays: float = 5.0) -> Answer:
    """Call an application once: the body comes in two parts; after the answer the visitor goes.

    Args:
        app: it.
        scope: as of :func:`scope_of`.
        body: what the request brings.
        stays: seconds after which the visitor goes anyway.

    Raises:
        TimeoutError: it doesn't end.
        Exception: whatever it lets out.
    """
    with _without_threads():
        return loop().run_until_complete(asyncio.wait_for(_ask(app, scope, body, stays), PATIENCE))


async def _ask(app: ASGIApp, scope: dict[str, Any], body: bytes, stays: float) -> Answer:
    answer, half, whole = Answer(), len(body) // 2, asyncio.Event()
    coming: list[Message] = [{"type": "websocket.connect"}]
    if scope["type"] == "http":
        coming = [
            {"type": "http.request", "body": body[:half], "more_body": True},
            {"type": "http.request", "body": body[half:], "more_body": False},
        ]

    async def receive() -> Message:
        await asyncio.sleep(0)
        if coming:
            return coming.pop(0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(whole.wait(), stays)
        return {"type": f"{scope['type']}.disconnect", "code": 1001}

    async def send(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            answer.status, answer.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            answer.body += message.get("body", b"")
            if not message.get("more_body", False):
                whole.set()
        elif message["type"] == "websocket.close":
            answer.status = 403

    await app(scope, receive, send)
    return answer
