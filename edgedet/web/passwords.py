"""Passwords: what is accepted, and what is kept of them."""

from __future__ import annotations

import threading
import unicodedata

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from edgedet.errors import ConfigError

SHORTEST, LONGEST = 10, 256
"""Characters. Long texts cost time to hash; 256 is more than any manager makes."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
"""Argon2id (RFC 9106) with 19 MiB, two passes, one lane: what OWASP's Password Storage sheet gives for small machines.
The library's own default takes 64 MiB and four cores, which a Pi Zero 2 W needs for its camera."""
_ONE_AT_A_TIME = threading.Lock()
"""However many log in at once, one core and 19 MiB are all they get."""
_NOBODYS = _HASHER.hash("the password of nobody")


def check_new(name: str, password: str) -> None:
    """Raise ConfigError unless this is fit to be a password.

    Args:
        name: of whom; it may not be the password.
        password: as typed.
    """
    password = _normal(password)
    if len(password) < SHORTEST:
        raise ConfigError(f"password: {len(password)} characters are too few; take {SHORTEST} or more")
    if len(password) > LONGEST:
        raise ConfigError(f"password: {len(password)} characters are too many; take {LONGEST} or fewer")
    if len(set(password.casefold())) < 4 or password.casefold() in (name.casefold(), name.casefold()[::-1]):
        raise ConfigError("password: too easy to guess; take several words, or let a password manager make one")


def hash_password(password: str) -> str:
    """What is kept of a password: Argon2id's own text, with its salt and costs."""
    with _ONE_AT_A_TIME:
        return _HASHER.hash(_normal(password))


def is_password(kept: str | None, password: str) -> bool:
    """Whether a password is the one kept; takes as long where there is none.

    Args:
        kept: of :func:`hash_password`; None: there is no such user.
        password: as typed.
    """
    with _ONE_AT_A_TIME:
        try:
            _HASHER.verify(kept or _NOBODYS, _normal(password)[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def _normal(password: str) -> str:
    """One spelling for what looks the same (NFKC, as NIST SP 800-63B advises)."""
    return unicodedata.normalize("NFKC", password)
