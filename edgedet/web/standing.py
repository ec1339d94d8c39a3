"""Whether a session still stands, for what goes on beside the request that began it."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import HTTPConnection

from edgedet.errors import OutputError
from edgedet.web.guard import SESSION


def standing(connection: HTTPConnection) -> Callable[[], bool]:
    """What tells, at any later time, whether the session or token that a request came with is still good."""
    accounts, session = connection.app.state.accounts, connection.scope.get(SESSION)
    token = connection.headers.get("authorization", "").partition(" ")[2].strip()

    def stands() -> bool:
        try:
            found = accounts.machines.find(token) if session is None else accounts.sessions.find(session)
        except OutputError:  # logged where it is asked anew; who watches isn't sent away for a busy disk
            return True
        return found is not None

    return stands
