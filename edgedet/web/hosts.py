"""Only requests meant for this machine: a page elsewhere can't make its own name point here (DNS rebinding)."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from edgedet.web.problems import problem

_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")


def host_of(header: str) -> str | None:
    """The name or address in a Host header, without port and brackets, in lower case; None if it isn't one."""
    if not _HOST.fullmatch(header):
        return None
    return (urlsplit(f"//{header}").hostname or "").rstrip(".") or None


def own_names() -> set[str]:
    """What this machine calls itself: its host name, alone and in the local network (mDNS, RFC 6762)."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return {"localhost", name, short, f"{short}.local"}


def is_own_address(host: str, met_at: str | None) -> bool:
    """Whether a host is an address of the loopback, or the one at which the connection arrived.

    Args:
        host: as of :func:`host_of`.
        met_at: the local end of the connection.
    """
    try:
        address = ipaddress.ip_address(host)
        return address.is_loopback or address == _plain(ipaddress.ip_address((met_at or "").partition("%")[0]))
    except ValueError:
        return False


def _plain(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


class Hosts:
    """Refuses requests whose Host header is somebody else's (421, RFC 9110), and sends plain ones on to https.

    Args:
        app: what answers.
        names: allowed besides the machine's own names and addresses.
        https_port: where plain requests are sent on to; None: they are answered.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str], https_port: int | None) -> None:
        self._app = app
        self._names = own_names() | {name.lower().rstrip(".").strip("[]") for name in names}
        self._https_port = https_port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).getlist("host")
        host = host_of(given[0]) if len(given) == 1 else None
        met_at = scope["server"][0] if scope.get("server") else None
        if host is None or not (host in self._names or is_own_address(host, met_at)):
            await self._refuse(host, scope, receive, send)
        elif self._https_port is not None and scope["scheme"] in ("http", "ws"):
            await self._redirect(host, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _refuse(self, host: str | None, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        shown = f"{host}: not a name of this camera; add it to web.names" if host else "host: missing or not understood"
        await problem(421 if host else 400, shown)(scope, receive, send)

    async def _redirect(self, host: str, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        port = "" if self._https_port == 443 else f":{self._https_port}"
        path = scope["raw_path"].decode("latin-1") if scope.get("raw_path") else scope["path"]
        query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
        name = f"[{host}]" if ":" in host else host
        await RedirectResponse(f"https://{name}{port}{path}{query}", 308)(scope, receive, send)
