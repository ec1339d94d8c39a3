"""Everything about who may do what, in one place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from edgedet.config.web import WebConfig
from edgedet.web.attempts import Attempts
from edgedet.web.audit import Audit
from edgedet.web.database import Database
from edgedet.web.sessions import Sessions
from edgedet.web.tokens import Machines, SetupToken
from edgedet.web.users import Users


class Accounts:
    """People, machines, who is logged in, who guesses, and the log of it all; thread-safe.

    Args:
        folder: see :func:`edgedet.web.folder.web_folder`.
        config: ``[web]``: how long sessions last.

    Attributes:
        users, sessions, machines, setup, attempts, audit: its parts.

    Raises:
        OutputError: the folder can't be written.
    """

    def __init__(self, folder: Path, config: WebConfig) -> None:
        self._db = Database(folder / "users.db")
        self.users = Users(self._db)
        self.sessions = Sessions(self._db, config.session_hours * 3600.0, config.idle_hours * 3600.0)
        self.machines = Machines(self._db)
        self.setup = SetupToken(self._db)
        self.attempts = Attempts()
        self.audit = Audit(folder / "audit.jsonl")

    def close(self) -> None:
        """Let go of the files; twice is fine."""
        self._db.close()


def accounts_of(connection: HTTPConnection) -> Accounts:
    """The accounts of the application that serves this request or WebSocket."""
    accounts: Accounts = connection.app.state.accounts
    return accounts


OnAccounts = Annotated[Accounts, Depends(accounts_of)]
"""A parameter of a route: ``accounts: OnAccounts``."""
