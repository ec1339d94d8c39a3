"""People and machines, managed by an admin; everybody may change the own password."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field

from edgedet.web.access import ADMINS, Admin, Viewer
from edgedet.web.accounts import OnAccounts
from edgedet.web.api.session import client_of
from edgedet.web.problems import Problem
from edgedet.web.user import Role

router = APIRouter(prefix="/api", tags=["users"])

_Name = Annotated[str, Field(max_length=64)]
_Password = Annotated[str, Field(max_length=1024)]


class UserInfo(BaseModel):
    """Somebody who may log in."""

    name: str
    role: Role


class UserList(BaseModel):
    """All of them."""

    users: list[UserInfo]


class NewUser(BaseModel):
    """Somebody new."""

    name: _Name
    password: _Password
    role: Role = "viewer"


class NewPassword(BaseModel):
    """Another password for oneself."""

    old: _Password
    new: _Password


class MachineInfo(BaseModel):
    """A program with a token."""

    name: str
    role: Role
    made: datetime
    used: datetime | None


class MachineList(BaseModel):
    """All of them."""

    machines: list[MachineInfo]


class NewMachine(BaseModel):
    """A new program."""

    name: _Name
    role: Role = "viewer"


class MachineToken(BaseModel):
    """Its token, shown this once."""

    name: str
    role: Role
    token: str


@router.get("/users", dependencies=[ADMINS])
def list_users(accounts: OnAccounts) -> UserList:
    """Everybody who may log in."""
    return UserList(users=[UserInfo(name=each.name, role=each.role) for each in accounts.users.list()])


@router.post("/users", status_code=201, dependencies=[ADMINS])
def add_user(new: NewUser, accounts: OnAccounts) -> UserInfo:
    """Let somebody in."""
    made = accounts.users.add(new.name, new.password, new.role)
    return UserInfo(name=made.name, role=made.role)


@router.delete("/users/{name}", status_code=204)
def remove_user(user: Admin, name: str, accounts: OnAccounts) -> None:
    """Let somebody in no more; their sessions end."""
    if name == user.name and not user.machine:
        raise HTTPException(422, f"{name}: is you; let another admin do that, or use: edgedet web user remove")
    accounts.users.remove(name)


@router.post("/password", status_code=204, responses={429: {"model": Problem, "description": "See Retry-After"}})
def change_password(user: Viewer, passwords: NewPassword, request: Request, accounts: OnAccounts) -> None:
    """Change the own password; all the user's sessions end, this one too."""
    if user.machine:
        raise HTTPException(422, "password: a machine has none; make another token instead")
    address = client_of(request)
    accounts.attempts.begin(address, user.name)
    if accounts.users.verify(user.name, passwords.old) is None:
        raise HTTPException(403, "password: the old one is wrong; try again")
    accounts.attempts.right(address, user.name)
    accounts.users.set_password(user.name, passwords.new)


@router.get("/machines", dependencies=[ADMINS])
def list_machines(accounts: OnAccounts) -> MachineList:
    """Every program with a token; the tokens themselves aren't kept."""
    listed = accounts.machines.list()
    return MachineList(
        machines=[MachineInfo(name=each.name, role=each.role, made=each.made, used=each.used) for each in listed]
    )


@router.post("/machines", status_code=201, dependencies=[ADMINS])
def add_machine(new: NewMachine, accounts: OnAccounts) -> MachineToken:
    """Make a token for a program; it is never shown again."""
    return MachineToken(name=new.name, role=new.role, token=accounts.machines.add(new.name, new.role))


@router.delete("/machines/{name}", status_code=204, dependencies=[ADMINS])
def revoke_machine(name: str, accounts: OnAccounts) -> None:
    """Make a program's token worthless."""
    accounts.machines.revoke(name)
