"""Logging in and out, and the description of it all."""

from __future__ import annotations

import threading
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, Field

from edgedet.web.access import USER, VIEWERS
from edgedet.web.accounts import Accounts, OnAccounts
from edgedet.web.guard import SESSION, cookie_name
from edgedet.web.problems import Problem
from edgedet.web.secret import csrf_token
from edgedet.web.user import Role, User

router = APIRouter(prefix="/api", tags=["session"])

MOST_AT_ONCE = 8
"""Logins that wait for their turn: more would take the threads that all other routes need."""
_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


class Login(BaseModel):
    """Who wants in. Without a name it is the only user there is."""

    name: Annotated[str, Field(max_length=64)] | None = None
    password: Annotated[str, Field(max_length=1024)]


class SessionInfo(BaseModel):
    """Who is logged in; all None: nobody.

    Attributes:
        csrf: what X-CSRF-Token must carry in requests that change something; None with a machine's token.
        setup_needed: there is no user yet: the page asks for the set-up token.
    """

    name: str | None
    role: Role | None
    csrf: str | None
    setup_needed: bool


def client_of(request: Request) -> str:
    """The address a request came from; behind a trusted proxy what that says."""
    return request.client.host if request.client else ""


def begin_session(request: Request, response: Response, accounts: Accounts, user: User) -> SessionInfo:
    """Log a user in: a new session, whatever the browser had before (no session fixation)."""
    if old := request.cookies.get(cookie_name(request.url.scheme)):
        accounts.sessions.end(old[:100])
    secret = accounts.sessions.make(user)
    response.set_cookie(
        cookie_name(request.url.scheme),
        secret,
        max_age=request.app.state.config.session_hours * 3600,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return SessionInfo(name=user.name, role=user.role, csrf=csrf_token(secret), setup_needed=False)


@router.get("/session")
def who(request: Request, accounts: OnAccounts) -> SessionInfo:
    """Who is logged in; for everybody."""
    user: User | None = request.scope.get(USER)
    if user is None:
        return SessionInfo(name=None, role=None, csrf=None, setup_needed=not len(accounts.users))
    secret: str | None = request.scope.get(SESSION)
    return SessionInfo(name=user.name, role=user.role, csrf=csrf_token(secret) if secret else None, setup_needed=False)


@router.post("/session", responses={429: {"model": Problem, "description": "Too many wrong tries: see Retry-After"}})
def log_in(login: Login, request: Request, response: Response, accounts: OnAccounts) -> SessionInfo:
    """Log in: the answer sets the session's cookie."""
    name, address = login.name, client_of(request)
    if name is None:
        everybody = accounts.users.list()
        name = everybody[0].name if len(everybody) == 1 else ""
    if not _turns.acquire(blocking=False):
        raise HTTPException(503, "login: too many others log in just now; try again", {"Retry-After": "2"})
    try:
        locks = accounts.attempts.begin(address, name)
        user = accounts.users.verify(name, login.password)
    finally:
        _turns.release()
    if user is None:
        accounts.audit.note(name, address, "login", ok=False, locked=locks)
        raise HTTPException(401, "login: wrong name or password; try again")
    accounts.attempts.right(address, name)
    info = begin_session(request, response, accounts, user)
    accounts.audit.note(name, address, "login")
    return info


@router.delete("/session", status_code=204, dependencies=[VIEWERS])
def log_out(request: Request, response: Response, accounts: OnAccounts) -> None:
    """Log out: the session ends, here and in the browser."""
    secret: str | None = request.scope.get(SESSION)
    if secret is None:
        raise HTTPException(422, "session: a machine's token has none; revoke it instead")
    accounts.sessions.end(secret)
    response.delete_cookie(
        cookie_name(request.url.scheme),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


@router.get("/openapi.json", include_in_schema=False, dependencies=[VIEWERS])
def description(request: Request) -> dict[str, Any]:
    """All of the interface, as an OpenAPI 3.1 document."""
    document: dict[str, Any] = request.app.openapi()
    return document
