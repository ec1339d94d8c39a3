"""Where to listen."""

from __future__ import annotations

import ipaddress
import socket

from edgedet.listening import own_address, refusal, resolve

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
        family, address = resolve(host, port)
        made = socket.socket(family, socket.SOCK_STREAM)
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
    except OSError as error:
        raise refusal(f"web on {host}:{port}", error, key, "web.host", own_address("web.host")) from None
    return made
