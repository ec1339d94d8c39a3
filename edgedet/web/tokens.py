"""What opens the door without a password: machines' tokens, and the one that sets the first password."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from edgedet.errors import ConfigError
from edgedet.web.database import Database
from edgedet.web.secret import digest, new_secret
from edgedet.web.user import Role, User
from edgedet.web.users import check_name, check_role

SETUP_S = 3600.0
"""Seconds a set-up token is good for."""
TOUCH_S = 3600.0
"""Seconds between two notes that a machine's token is in use."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A program that may use the interface.

    Attributes:
        name, role: as given.
        made: UTC time when its token was made.
        used: UTC time of its last use, to the hour; None: never.
    """

    name: str
    role: Role
    made: datetime
    used: datetime | None


class Machines:
    """Bearer tokens (RFC 6750), each with a name and a role; only their hashes are kept.

    Args:
        db: where they are kept.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def list(self) -> list[Machine]:
        """All of them, by name."""
        rows = self._db.read("SELECT name, role, made, used FROM machines ORDER BY name")
        return [
            Machine(name, role, _utc(made), None if used is None else _utc(used)) for name, role, made, used in rows
        ]

    def add(self, name: str, role: str) -> str:
        """Make a token; it is never shown again.

        Raises:
            ConfigError: name or role can't be used, or the name is taken.
        """
        check_name(name)
        known = check_role(role)
        secret = new_secret("edgedet_")
        with self._db.change() as db:
            if db.execute("SELECT 1 FROM machines WHERE name = ?", (name,)).fetchone():
                raise ConfigError(f"{name}: there is such a machine already; revoke it first, or take another name")
            db.execute("INSERT INTO machines VALUES (?, ?, ?, ?, NULL)", (name, known, digest(secret), time.time()))
        return secret

    def find(self, secret: str) -> tuple[User, bool] | None:
        """Whose token it is, and whether :meth:`touch` is due; None if it is nobody's."""
        rows = self._db.read("SELECT name, role, used FROM machines WHERE digest = ?", (digest(secret),))
        if not rows:
            return None
        name, role, used = rows[0]
        return User(name, role, machine=True), abs(time.time() - (used or 0)) >= TOUCH_S

    def touch(self, secret: str) -> None:
        """Note that a token is in use."""
        self._db.write("UPDATE machines SET used = ? WHERE digest = ?", (time.time(), digest(secret)))

    def revoke(self, name: str) -> None:
        """Make a token worthless. Raises ConfigError if there is no such machine."""
        if not self._db.write("DELETE FROM machines WHERE name = ?", (name,)):
            raise ConfigError(f"{name[:64]}: no such machine; see edgedet web machine list")


class SetupToken:
    """Proves that who makes the first user may look at the log or the command line. One at a time, good once.

    Args:
        db: where its hash is kept.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def make(self) -> str:
        """A new one; the one before is worthless then."""
        secret = new_secret()
        self._db.write("INSERT OR REPLACE INTO setup VALUES (1, ?, ?)", (digest(secret), time.time() + SETUP_S))
        return secret

    def is_good(self, secret: str) -> bool:
        """Whether it is the one, and still good."""
        rows = self._db.read("SELECT ends FROM setup WHERE digest = ?", (digest(secret),))
        return bool(rows) and 0 < rows[0][0] - time.time() <= SETUP_S

    def spend(self) -> None:
        """It was used."""
        self._db.write("DELETE FROM setup")


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
