"""How long to leave a bucket alone that failed."""

from __future__ import annotations

import random

FIRST_S, MOST_S = 1.0, 600.0


class Pause:
    """Pauses that double, each with jitter, so that fifty cameras don't come back all at once.

    >>> pause = Pause(random.Random(1))
    >>> [0.5 * 2**n <= pause.next() <= 2**n for n in range(3)]
    [True, True, True]

    Args:
        chance: where jitter comes from.
        first, most: seconds.
    """

    def __init__(self, chance: random.Random | None = None, first: float = FIRST_S, most: float = MOST_S) -> None:
        self._chance, self._first, self._most = chance or random.Random(), first, most
        self._failures = 0

    def next(self, asked: float = 0.0) -> float:
        """Seconds to wait after one more failure: half to all of the doubled pause, or what was asked for if more."""
        whole = min(self._most, self._first * 2.0 ** min(self._failures, 32))
        self._failures += 1
        return max(asked, whole * self._chance.uniform(0.5, 1))

    def clear(self) -> None:
        """It works again."""
        self._failures = 0
