"""Who is connected, and who makes room when there are too many."""

from __future__ import annotations

import asyncio


class Register:
    """Counts connections. When there are too many, the one that has waited longest without asking anything goes.

    So whoever holds thousands open and says nothing keeps nobody out.

    Args:
        most: connections at once.

    Attributes:
        turned_away: connections that were cut off for that.
    """

    def __init__(self, most: int) -> None:
        self.turned_away = 0
        self._most = most
        self._open: set[asyncio.Transport] = set()
        self._idle: dict[asyncio.Transport, None] = {}  # the longest first

    def __len__(self) -> int:
        return len(self._open)

    def enter(self, transport: asyncio.Transport) -> None:
        """Somebody connected, and has said nothing yet; known already is fine."""
        self._open.add(transport)
        self._idle[transport] = None
        while len(self._open) > self._most:
            longest = next(iter(self._idle))  # there is one: the newcomer, if all others are busy
            self.leave(longest)
            self.turned_away += 1
            longest.abort()

    def busy(self, transport: asyncio.Transport) -> None:
        """It is being answered."""
        self._idle.pop(transport, None)

    def idle(self, transport: asyncio.Transport) -> None:
        """It has its answer."""
        if transport in self._open:
            self._idle.setdefault(transport)

    def leave(self, transport: asyncio.Transport) -> None:
        """It is gone; twice is fine."""
        self._open.discard(transport)
        self._idle.pop(transport, None)

    def abort(self) -> None:
        """Cut all of them off."""
        for transport in list(self._open):
            self.leave(transport)
            transport.abort()
