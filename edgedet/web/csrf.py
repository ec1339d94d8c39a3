"""Requests that another page made this browser send are told from our own page's.

After OWASP's sheet on Cross-Site Request Forgery: a token bound to the session in a header of its own, and the Origin
header. SameSite=Strict on the cookie is the third fence.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from edgedet.web.secret import csrf_token, same

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


def is_own_page(connection: HTTPConnection) -> bool | None:
    """Whether the Origin header (RFC 6454) names the page of this very server; None: there is no such header."""
    origin = connection.headers.get("origin")
    if origin is None:
        return None
    try:
        page = urlsplit(origin)
        here = urlsplit(f"//{connection.headers.get('host', '')}")
        port = _PORTS[connection.scope["scheme"]]
        return (
            _PORTS.get(page.scheme) is not None
            and page.scheme
            == {"ws": "http", "wss": "https"}.get(connection.scope["scheme"], connection.scope["scheme"])
            and page.hostname == here.hostname
            and (page.port or port) == (here.port or port)
        )
    except ValueError:
        return False


def refusal(connection: HTTPConnection, session: str) -> str | None:
    """Why a request with a session's cookie that changes something isn't done; None: it may be.

    Args:
        connection: the request.
        session: the session's id, as in the cookie.
    """
    if not is_own_page(connection):
        return "origin: missing or another page's; use the camera's own page (behind a proxy: web.trusted_proxies)"
    if not same(connection.headers.get("x-csrf-token", ""), csrf_token(session)):
        return "X-CSRF-Token: missing or wrong; take it from GET /api/session"
    return None
