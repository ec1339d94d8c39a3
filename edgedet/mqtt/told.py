"""Events of the last seconds, which a broker that is killed may have forgotten."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from edgedet.outbox import Item

MOST = 10_000
"""Events that are remembered at most."""


class Told:
    """What was told, for as long as a broker may not have written it down.

    A broker writes what it queues for those who are away to its disk by the clock; one that is killed in between has
    taken events, and passed them on to whoever was there, that the others never get. So after a connection was lost the
    last ones are told again, in their order, and those of them that the next broker takes are the last ones again.

    >>> told = Told(40, lambda: 100.0)
    >>> told.lost(), told.next()
    (None, None)

    Args:
        seconds: how long a broker may take to write down what it was told; 0: nothing is remembered.
        now: the clock.
    """

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._now = seconds, now
        self._fresh: deque[tuple[float, Item]] = deque(maxlen=MOST)
        self._again: deque[Item] = deque(maxlen=MOST)

    def add(self, item: Item) -> None:
        """An event was told. Its picture isn't remembered: only the newest of those is of use."""
        if self._seconds:
            self._fresh.append((self._now(), replace(item, picture=None)))
            self._forget()

    def lost(self) -> None:
        """The connection is lost: what is fresh has to be told again, before what had to be and wasn't yet."""
        self._forget()
        self._again.extendleft(item for _, item in reversed(self._fresh))
        self._fresh.clear()

    def next(self) -> Item | None:
        """The oldest that has to be told again; None: none has to."""
        return self._again[0] if self._again else None

    def repeated(self) -> None:
        """The one that :meth:`next` gave was told again."""
        self.add(self._again.popleft())

    def _forget(self) -> None:
        while self._fresh and self._fresh[0][0] < self._now() - self._seconds:
            self._fresh.popleft()
