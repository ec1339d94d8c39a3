"""Who may: the parameters by which a route says whom it serves."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, HTTPException
from starlette.exceptions import WebSocketException
from starlette.requests import HTTPConnection
from starlette.status import WS_1008_POLICY_VIOLATION

from edgedet.web.user import User

USER = "edgedet.user"
"""Where in a connection's scope :class:`edgedet.web.guard.Guard` puts who it is."""


def viewer_of(connection: HTTPConnection) -> User:
    """Whoever has a session or a token.

    Raises:
        HTTPException: 401, nobody has; WebSocketException for a WebSocket, which is then not accepted (403).
    """
    user: User | None = connection.scope.get(USER)
    if user is None:
        raise _refusal(connection, 401, "session: missing or over; log in")
    return user


def admin_of(connection: HTTPConnection) -> User:
    """The same, but only those who may change things.

    Raises:
        HTTPException: 401, nobody; 403, somebody who may only look. WebSocketException for a WebSocket.
    """
    user = viewer_of(connection)
    if user.role != "admin":
        raise _refusal(connection, 403, f"{user.name}: may only look; ask an admin")
    return user


def _refusal(connection: HTTPConnection, status: int, text: str) -> Exception:
    if connection.scope["type"] == "websocket":
        return WebSocketException(WS_1008_POLICY_VIOLATION, text)
    return HTTPException(status, text)


Viewer = Annotated[User, Depends(viewer_of)]
"""A parameter of a route that everybody with a session or a token may use: ``user: Viewer``."""
Admin = Annotated[User, Depends(admin_of)]
"""A parameter of a route that changes things: ``user: Admin``."""
VIEWERS, ADMINS = Depends(viewer_of), Depends(admin_of)
"""The same for a route that needn't know who it is: ``dependencies=[VIEWERS]``."""
