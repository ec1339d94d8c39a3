"""Whether something answers at an address."""

from __future__ import annotations

import socket

from edgedet.doctor.finding import Finding, error

REACH = 3.0
"""Seconds for a connection."""


def unreachable(host: str, port: int, unknown: str, silent: str, refused: str) -> Finding | None:
    """What keeps a connection from being made; None: it can be.

    Args:
        host, port: the address.
        unknown, silent, refused: what mends it where the name is unknown, nothing answers, or anything else is wrong.
    """
    where = f"{host}:{port}"
    try:
        socket.create_connection((host, port), REACH).close()
    except socket.gaierror:
        return error(f"{where}: there is no such name", unknown)
    except TimeoutError:
        return error(f"{where}: no answer within {REACH:g} s", silent)
    except OSError as fault:
        return error(f"{where}: can't be reached ({(fault.strerror or str(fault)).lower()})", refused)
    return None
