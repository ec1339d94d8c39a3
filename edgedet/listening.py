"""Where to listen, why that can't be, and whether somebody asked for this machine by its own name."""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
from typing import Any

from edgedet.errors import OutputError


def resolve(host: str, port: int) -> tuple[int, Any]:
    """An address to bind, with its family; IPv4 where a name has both, as it is what people type.

    Args:
        host: an address of this machine, or a name of one; IPv6 with or without brackets.
        port: 0: any free one.

    Raises:
        OSError: there is no such name.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except UnicodeError:  # a name that can't be one
        raise socket.gaierror(socket.EAI_NONAME, "no such name") from None
    family, _, _, _, address = min(found, key=lambda one: one[0])
    return family, address


def refusal(where: str, error: OSError, port: str, host: str, own: str, free: str = "") -> OutputError:
    """What to say when an address can't be had, with the remedy.

    Args:
        where: what wants to listen there: ``web on 127.0.0.1:8080``.
        error: why it can't.
        port, host: how each is chosen: ``web.port``, or ``--port``.
        own: how to choose an address that this machine has.
        free: what else there is to say about ports.
    """
    if error.errno == errno.EADDRINUSE:
        return OutputError(f"{where}: the port is in use; choose another with {port}{free}")
    if error.errno == errno.EACCES:
        return OutputError(f"{where}: ports below 1024 are for root; choose a higher one with {port}")
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return OutputError(f"{where}: no address of this machine; {own}")
    another = f"another with {host}" if host.startswith("-") else f"another {host}"
    return OutputError(f"{where}: {(error.strerror or str(error)).lower()}; choose {another} or {port}")


def own_address(host: str) -> str:
    """How to choose an address that this machine has, by the setting ``host``."""
    return f'set {host} = "127.0.0.1", its own, or "0.0.0.0"'


def is_local(host: str) -> bool:
    """Whether a Host header names this machine; another name that leads here is a trick (DNS rebinding)."""
    name = re.sub(r":\d*$", "", host).lower()
    try:
        return name == "localhost" or ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
