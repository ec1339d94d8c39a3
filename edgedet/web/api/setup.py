"""The first user."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, Field

from edgedet.web.accounts import OnAccounts
from edgedet.web.api.session import SessionInfo, begin_session, client_of
from edgedet.web.problems import Problem

router = APIRouter(prefix="/api", tags=["session"])


class Setup(BaseModel):
    """The set-up token, as the log or ``edgedet web token`` shows it, and who the first admin shall be."""

    token: Annotated[str, Field(max_length=100)]
    name: Annotated[str, Field(max_length=64)] = "admin"
    password: Annotated[str, Field(max_length=1024)]


@router.post("/setup", responses={429: {"model": Problem, "description": "Too many wrong tries: see Retry-After"}})
def set_up(setup: Setup, request: Request, response: Response, accounts: OnAccounts) -> SessionInfo:
    """Make the first user, an admin, and log in. The token is good once, for an hour."""
    address = client_of(request)
    locks = accounts.attempts.begin(address, "(setup)")
    if not accounts.setup.is_good(setup.token.strip()):
        accounts.audit.note(setup.name, address, "setup", ok=False, locked=locks)
        raise HTTPException(401, "token: wrong, used or too old; get a new one with: edgedet web token")
    accounts.attempts.right(address, "(setup)")
    user = accounts.users.add(setup.name, setup.password, "admin", first=True)
    accounts.setup.spend()
    accounts.audit.note(user.name, address, "setup")
    return begin_session(request, response, accounts, user)
