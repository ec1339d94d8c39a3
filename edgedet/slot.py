"""The hand-over between two threads.

A live source must never make its consumer late, so the newest item wins and what it replaced is counted
(:attr:`Slot.dropped`). A file must lose nothing, so there a put waits until there is room.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """Passes items from one thread to another, holding as few as possible.

    >>> slot = Slot[int]()
    >>> slot.put(1), slot.put(2), slot.dropped
    (True, True, 1)
    >>> slot.close()
    >>> list(slot)
    [2]

    Args:
        lossless: False (default): holds one item, the newest; one not yet taken is replaced and counted.
            True: holds two (one in hand while the next is made), and :meth:`put` waits for room.
    """

    def __init__(self, lossless: bool = False) -> None:
        self.dropped = 0
        self._lossless = lossless
        self._room = 2 if lossless else 1
        self._items: deque[T] = deque()
        self._closed = False
        self._changed = threading.Condition()

    def put(self, item: T) -> bool:
        """Hand an item over; False if the slot is closed and nobody will take it."""
        with self._changed:
            if self._lossless:
                self._changed.wait_for(lambda: self._closed or len(self._items) < self._room)
            if self._closed:
                return False
            if len(self._items) == self._room:
                self._items.popleft()
                self.dropped += 1
            self._items.append(item)
            self._changed.notify_all()
            return True

    def get(self, timeout: float | None = None) -> T | None:
        """Take the oldest item held, waiting for one up to ``timeout`` seconds (default: for ever).

        Returns None if none came in time, or if the slot is closed and empty (see :attr:`closed`).
        """
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed, timeout)
            if not self._items:
                return None
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called; items put before may still be inside."""
        return self._closed

    def close(self, discard: bool = False) -> None:
        """Take no more items and wake everybody; ``discard`` also drops what is still inside."""
        with self._changed:
            self._closed = True
            if discard:
                self._items.clear()
            self._changed.notify_all()

    def __iter__(self) -> Iterator[T]:
        """Items as they come, until the slot is closed and empty."""
        while (item := self.get()) is not None:
            yield item
