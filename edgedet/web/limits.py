"""What a request may bring along: not too much, and not too slowly."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edgedet.web.problems import problem

LARGEST_BODY = 1 << 20
"""Bytes: a hundred times the largest set of zones."""
BODY_S = 20.0
"""Seconds in which a body must have arrived."""


class BodyLimit:
    """Refuses bodies that are too large (413) or too slow (408).

    Args:
        app: what answers.
        largest: bytes.
        seconds: from the first wish for the body to its end.
    """

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY, seconds: float = BODY_S) -> None:
        self._app, self._largest, self._seconds = app, largest, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if length.isascii() and length.isdigit() and (len(length) > 18 or int(length) > self._largest):
            await problem(413, self._too_large())(scope, receive, send)
            return
        got, ends, whole = 0, 0.0, False
        loop = asyncio.get_running_loop()

        async def limited() -> Message:
            """The next part of the body, if it isn't too much or too late."""
            nonlocal got, ends, whole
            if whole:  # what comes now is the end of the connection, however long that takes
                return await receive()
            ends = ends or loop.time() + self._seconds
            try:
                async with asyncio.timeout_at(ends):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, f"body: not here after {self._seconds:.0f} seconds; send it again") from None
            got += len(message.get("body", b""))
            if got > self._largest:
                raise HTTPException(413, self._too_large())
            whole = not message.get("more_body", False)
            return message

        await self._app(scope, limited, send)

    def _too_large(self) -> str:
        return f"body: more than {self._largest:,} bytes; send less"
