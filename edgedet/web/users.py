"""People who may log in."""

from __future__ import annotations

import re
import time

from edgedet.errors import ConfigError
from edgedet.web.database import Database
from edgedet.web.passwords import check_new, hash_password, is_password
from edgedet.web.user import ROLES, Role, User

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


def check_name(name: str) -> None:
    """Raise ConfigError unless this may be the name of a user or a machine."""
    if not _NAME.fullmatch(name):
        raise ConfigError("name: not usable; take 1 to 64 of a-z, A-Z, 0-9, . _ @ -, beginning with a letter or digit")


def check_role(role: str) -> Role:
    """A text as a role. Raises ConfigError if there is none of that name."""
    for each in ROLES:
        if each == role:
            return each
    raise ConfigError(f"role: {role[:40]!r} is none; give {' or '.join(ROLES)}")


class Users:
    """Names, roles and password hashes.

    Args:
        db: where they are kept.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def __len__(self) -> int:
        return int(self._db.read("SELECT count(*) FROM users")[0][0])

    def list(self) -> list[User]:
        """All of them, by name."""
        return [User(name, role) for name, role in self._db.read("SELECT name, role FROM users ORDER BY name")]

    def verify(self, name: str, password: str) -> User | None:
        """Who it is; None if there is nobody of that name or the password is another. Takes as long either way."""
        rows = self._db.read("SELECT hash, role FROM users WHERE name = ?", (name,))
        kept, role = rows[0] if rows else (None, "viewer")
        return User(name, role) if is_password(kept, password) else None

    def add(self, name: str, password: str, role: str, first: bool = False) -> User:
        """Make one.

        Args:
            name: 1 to 64 letters, digits, ``. _ @ -``.
            password: see :func:`edgedet.web.passwords.check_new`.
            role: viewer or admin.
            first: refuse if there is somebody already.

        Raises:
            ConfigError: one of them can't be used, or the name is taken.
        """
        check_name(name)
        known = check_role(role)
        check_new(name, password)
        kept = hash_password(password)
        with self._db.change() as db:
            if first and db.execute("SELECT 1 FROM users LIMIT 1").fetchone():
                raise ConfigError("setup: there is a user already; log in")
            if db.execute("SELECT 1 FROM users WHERE name = ?", (name,)).fetchone():
                raise ConfigError(f"{name}: there is such a user already; take another name")
            db.execute("INSERT INTO users VALUES (?, ?, ?, ?)", (name, known, kept, time.time()))
        return User(name, known)

    def set_password(self, name: str, password: str) -> None:
        """Give another password; all of the user's sessions end.

        Raises:
            ConfigError: it can't be used, or there is no such user.
        """
        check_new(name, password)
        kept = hash_password(password)
        with self._db.change() as db:
            if not db.execute("UPDATE users SET hash = ? WHERE name = ?", (kept, name)).rowcount:
                raise _missing(name)
            db.execute("DELETE FROM sessions WHERE user = ?", (name,))

    def remove(self, name: str) -> None:
        """Take one away, with all sessions.

        Raises:
            ConfigError: there is no such user, or it is the last admin while there are others.
        """
        with self._db.change() as db:
            row = db.execute("SELECT role FROM users WHERE name = ?", (name,)).fetchone()
            if row is None:
                raise _missing(name)
            roles = [role for (role,) in db.execute("SELECT role FROM users WHERE name != ?", (name,))]
            if roles and "admin" not in roles:
                raise ConfigError(f"{name}: the last admin; make another one first")
            db.execute("DELETE FROM users WHERE name = ?", (name,))


def _missing(name: str) -> ConfigError:
    return ConfigError(f"{name[:64]}: no such user; see edgedet web user list")
