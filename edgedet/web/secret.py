"""Random texts that open doors, and what is kept of them."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_secret(prefix: str = "") -> str:
    """256 random bits as text, fit for a cookie, a header and an address."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a secret: SHA-256 in hex. With 256 random bits it needs neither salt nor a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf_token(session: str) -> str:
    """The token a page must send along with a session's cookie: an HMAC (RFC 2104) of it, so nothing has to be kept."""
    return hmac.new(session.encode(), b"edgedet csrf", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two texts are equal, in a time that doesn't tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
