"""Guessing is slow: after some wrong passwords an address, and a name, must wait, longer each time."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE_FROM_ADDRESS, FREE_FOR_NAME = 5, 10
"""Wrong tries before the first wait. A name has more: whoever locks somebody else out pays with an address first."""
FIRST_WAIT_S = 30.0
LONGEST_FOR_ADDRESS_S, LONGEST_FOR_NAME_S = 3600.0, 300.0
FORGET_S = 3600.0
"""Seconds without a wrong try after which they are forgotten."""
MOST = 4096
"""Addresses and names remembered; the oldest make room."""


@dataclass(slots=True)
class _Tries:
    count: int = 0
    last: float = 0.0
    until: float = 0.0


class Locked(Exception):
    """Too many wrong tries.

    Attributes:
        seconds: to wait, whole.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, math.ceil(seconds))
        super().__init__(f"login: too many wrong tries; wait {self.seconds} seconds")


class Attempts:
    """Counts wrong tries in memory; thread-safe.

    A try counts as wrong from its beginning until it turns out right, so that many at once gain nothing. Names that
    nobody has are counted like any other.

    >>> attempts = Attempts()
    >>> [attempts.begin("192.0.2.7", "admin") for guess in range(6)]
    [False, False, False, False, False, True]
    >>> attempts.begin("192.0.2.7", "admin")
    Traceback (most recent call last):
        ...
    edgedet.web.attempts.Locked: login: too many wrong tries; wait 30 seconds

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, address: str, name: str) -> bool:
        """Somebody tries; True if this one, unless it is right, brings a wait.

        Raises:
            Locked: the address or the name has to wait; the password isn't even looked at.
        """
        now = self._clock()
        keys = _keys(address, name)
        with self._lock:
            wait = max((self._tries[key].until - now for key in keys if key in self._tries), default=0.0)
            if wait > 0:
                raise Locked(wait)
            locks = [
                self._count(keys[0], FREE_FROM_ADDRESS, LONGEST_FOR_ADDRESS_S, now),
                self._count(keys[1], FREE_FOR_NAME, LONGEST_FOR_NAME_S, now),
            ]
        return any(locks)

    def right(self, address: str, name: str) -> None:
        """It was right. The address keeps its wrong tries: knowing one password must not pay for guessing others."""
        of_address, of_name = _keys(address, name)
        with self._lock:
            self._tries.pop(of_name, None)
            if tries := self._tries.get(of_address):
                tries.count -= 1
                tries.until = 0.0

    def _count(self, key: str, free: int, longest: float, now: float) -> bool:
        tries = self._tries.setdefault(key, _Tries())
        self._tries.move_to_end(key)
        if now - tries.last > FORGET_S + longest:
            tries.count = 0
        tries.count, tries.last = tries.count + 1, now
        over = tries.count - free
        if over > 0:
            tries.until = now + min(FIRST_WAIT_S * 2 ** min(over - 1, 20), longest)
        while len(self._tries) > MOST:
            self._tries.popitem(last=False)
        return over > 0


def _keys(address: str, name: str) -> tuple[str, str]:
    return f"from {_network(address)}", f"for {name[:64].casefold()}"


def _network(address: str) -> str:
    """An IPv6 customer has a /64 (RFC 6177) full of addresses: they count as one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
