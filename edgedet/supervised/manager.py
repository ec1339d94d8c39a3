"""The service manager's end of a line: sd_notify(3) and sd_watchdog_enabled(3), without the library."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping


class Manager:
    """Sends the service manager news.

    Args:
        address: as in ``NOTIFY_SOCKET``: the path of a socket, or ``@`` and the name of an abstract one.

    Raises:
        ValueError: it is an address of another kind.
    """

    def __init__(self, address: str) -> None:
        if address[:1] not in ("/", "@"):
            raise ValueError(f"NOTIFY_SOCKET: {address}: only a path or @NAME can be used")
        self._address = f"\0{address[1:]}" if address[0] == "@" else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)

    def tell(self, **news: object) -> None:
        """Send assignments in one message: ``tell(READY=1, STATUS="9.8 fps")``. Raises OSError if that can't be."""
        lines = (f"{name}={' '.join(str(value).split())}" for name, value in news.items())
        self._socket.sendto("\n".join(lines).encode(errors="replace"), self._address)  # a file's name may be no text


def watchdog_seconds(environ: Mapping[str, str], pid: int | None = None) -> float:
    """Seconds within which the service manager wants to hear of this process; 0: it doesn't watch.

    Args:
        environ: where ``WATCHDOG_USEC``, and ``WATCHDOG_PID`` if it is for one process alone, stand.
        pid: of this process; None: ask the system.
    """
    try:
        seconds = int(environ.get("WATCHDOG_USEC", "0")) / 1e6
        meant = int(environ.get("WATCHDOG_PID", pid := os.getpid() if pid is None else pid))
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, seconds) if meant == pid else 0.0
