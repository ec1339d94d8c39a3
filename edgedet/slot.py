"""The hand-over between two threads.

A live source must never make its consumer late, so the newest item wins and what it replaced is counted
(:attr:`Slot.dropped`). A file must lose nothing, so there a put waits until there is room.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from typing import Generic, TypeVar, cast

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
            True: holds two (one in hand while the next is made), and a :meth:`put` that finds no room waits until both
            are taken: who makes two at a time is woken half as often.
        changed: shared by slots that one thread takes from; see :class:`Turns`.
    """

    def __init__(self, lossless: bool = False, changed: threading.Condition | None = None) -> None:
        self.dropped = 0
        self._lossless = lossless
        self._room = 2 if lossless else 1
        self._items: deque[T] = deque()
        self._closed = False
        self._changed = changed or threading.Condition()

    def put(self, item: T) -> bool:
        """Hand an item over; False if the slot is closed and nobody will take it."""
        with self._changed:
            while self._lossless and len(self._items) == self._room and not self._closed:
                self._changed.wait()
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
            if not self._items and not self._closed:
                self._changed.wait_for(lambda: self._items or self._closed, timeout)
            if not self._items:
                return None
            item = self._items.popleft()
            if not self._items:
                self._changed.notify_all()
            return item

    def __len__(self) -> int:
        return len(self._items)

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


class Turns(Generic[T]):
    """Several slots that one thread takes from: each that holds something gets its turn before any gets a second.

    >>> turns = Turns[str](["front", "back"])
    >>> turns["front"].put("a"), turns["back"].put("b")
    (True, True)
    >>> turns.close()
    >>> list(turns)
    [('front', 'a'), ('back', 'b')]

    Args:
        names: a slot is made for each.
        lossless: the names of those that hold the other side back rather than drop; see :class:`Slot`.
    """

    def __init__(self, names: Sequence[str], lossless: Collection[str] = ()) -> None:
        self._changed = threading.Condition()
        self._slots = {name: Slot[T](name in lossless, self._changed) for name in names}
        self._order = deque(names)

    def __getitem__(self, name: str) -> Slot[T]:
        return self._slots[name]

    @property
    def dropped(self) -> int:
        """By all slots."""
        return sum(slot.dropped for slot in self._slots.values())

    @property
    def closed(self) -> bool:
        """Whether all slots are."""
        return all(slot.closed for slot in self._slots.values())

    def close(self, discard: bool = False) -> None:
        """Close all slots."""
        for slot in self._slots.values():
            slot.close(discard)

    def __iter__(self) -> Iterator[tuple[str, T]]:
        """A slot's name and what was in it, until all are closed and empty."""
        while True:
            with self._changed:
                while (name := self._ready()) is None:
                    if self.closed:
                        return
                    self._changed.wait()
                self._order.remove(name)
                self._order.append(name)
                item = self._slots[name].get(0)
            yield name, cast(T, item)  # it holds one: nobody else takes, and None may be one

    def _ready(self) -> str | None:
        for name in self._order:
            if len(self._slots[name]):
                return name
        return None
