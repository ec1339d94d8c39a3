"""Where to listen."""

from __future__ import annotations

import errno
import ipaddress
import socket

from edgedet.errors import OutputError

BACKLOG = 128
"""Connections that may wait to be accepted."""
SEND_BUFFER = 64 << 10
"""Bytes the system may hold for a viewer (it doubles them): a slow one would only watch the past."""


def is_loopback(host: str) -> bool:
    """Whether only this machine gets to this address."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def listen(host: str, port: int, key: str = "web.port") -> socket.socket:
    """A listening socket.

    Args:
        host: an address of this machine, or a name of one.
        port: 0: any free one.
        key: the setting to name where the port can't be had.

    Raises:
        OutputError: it can't be had.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = min(found, key=lambda one: one[0])  # IPv4 first: what people type
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            if family == socket.AF_INET6:
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address[0] != "::"))
            made.bind(address)
            made.listen(BACKLOG)
            made.setblocking(False)
        except BaseException:
            made.close()
            raise
    except UnicodeError:
        raise _refusal(host, port, key, socket.gaierror(socket.EAI_NONAME, "no such name")) from None
    except OSError as error:
        raise _refusal(host, port, key, error) from None
    return made


def _refusal(host: str, port: int, key: str, error: OSError) -> OutputError:
    where = f"web on {host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return OutputError(f"{where}: the port is in use; choose another with {key}")
    if error.errno == errno.EACCES:
        return OutputError(f"{where}: ports below 1024 are for root; choose a higher one with {key}")
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return OutputError(f'{where}: no address of this machine; set web.host = "127.0.0.1", its own, or "0.0.0.0"')
    return OutputError(f"{where}: {(error.strerror or str(error)).lower()}; choose another web.host or {key}")
