"""Who is logged in."""

from __future__ import annotations

import time

from edgedet.web.database import Database
from edgedet.web.secret import digest, new_secret
from edgedet.web.user import User

TOUCH_S = 300.0
"""Seconds between two notes that a session is in use: each is a write to the disk."""
MOST_PER_USER = 50
"""Sessions of one user; the oldest make room."""


class Sessions:
    """Random ids that stand in browsers' cookies; here only their hashes. They survive a restart.

    Wall time, because they do; a clock that jumps back makes them last longer by the jump at most.

    Args:
        db: where they are kept.
        most_s: seconds after which a session ends.
        idle_s: seconds without a request after which it ends.
    """

    def __init__(self, db: Database, most_s: float, idle_s: float) -> None:
        self._db, self._most_s, self._idle_s = db, most_s, idle_s

    def make(self, user: User) -> str:
        """Log a user in: the id for the cookie. What has ended is forgotten meanwhile."""
        secret, now = new_secret(), time.time()
        with self._db.change() as db:
            db.execute("DELETE FROM sessions WHERE made < ? OR seen < ?", (now - self._most_s, now - self._idle_s))
            db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (digest(secret), user.name, now, now))
            db.execute(
                "DELETE FROM sessions WHERE user = ? AND digest NOT IN "
                "(SELECT digest FROM sessions WHERE user = ? ORDER BY made DESC, rowid DESC LIMIT ?)",
                (user.name, user.name, MOST_PER_USER),
            )
        return secret

    def find(self, secret: str) -> tuple[User, bool] | None:
        """Whose session it is, and whether :meth:`touch` is due; None if there is none or it has ended."""
        rows = self._db.read(
            "SELECT name, role, sessions.made, seen FROM sessions JOIN users ON user = name WHERE digest = ?",
            (digest(secret),),
        )
        now = time.time()
        if not rows:
            return None
        name, role, made, seen = rows[0]
        if now - made >= self._most_s or now - seen >= self._idle_s:
            return None
        return User(name, role), now - seen >= min(TOUCH_S, self._idle_s / 4)

    def touch(self, secret: str) -> None:
        """Note that a session is in use."""
        self._db.write("UPDATE sessions SET seen = ? WHERE digest = ?", (time.time(), digest(secret)))

    def end(self, secret: str) -> None:
        """Log out."""
        self._db.write("DELETE FROM sessions WHERE digest = ?", (digest(secret),))
