"""How many frames may be kept, and when: spread over the day, or the first busy hour would take them all."""

from __future__ import annotations

import random
from datetime import date

DAY = 86400.0
_BURST = 0.1
"""Share of a day's frames that may be kept at once."""


class Pace:
    """The allowance of one camera: hard frames as they come, while there are some left, and random ones by the clock.

    Args:
        per_day: most frames in a day, of both kinds.
        share: of them, that are taken at random.
        chance: decides when.
    """

    def __init__(self, per_day: int, share: float, chance: random.Random | None = None) -> None:
        self._per_day, self._chance = per_day, chance or random.Random()
        self._hard, self._random = per_day * (1 - share) / DAY, per_day * share / DAY
        self._most = max(1.0, per_day * (1 - share) * _BURST)
        self._left, self._clock = self._most, 0.0
        self._due: float | None = None
        self._day, self._kept = date.min, 0

    def begin(self, day: date, kept: int) -> None:
        """Another day, of which so many are kept already."""
        self._day, self._kept = day, kept

    @property
    def day(self) -> date:
        """The one that is counted."""
        return self._day

    def may_be_hard(self, now: float) -> bool:
        """Whether a hard frame may be kept.

        Args:
            now: seconds on the source's clock.
        """
        if now - self._clock >= 0:
            self._left = min(self._most, self._left + (now - self._clock) * self._hard)
        self._clock = now
        return self._kept < self._per_day and self._left >= 1 and self._hard > 0

    def is_due(self, now: float) -> bool:
        """Whether this is a moment for a random frame: they come as often in every hour (a Poisson process)."""
        if not self._random or self._kept >= self._per_day:
            return False
        if self._due is None or self._due - now > DAY * 10:  # the clock went back
            self._due = now + self._chance.expovariate(self._random)
        if now < self._due:
            return False
        self._due = now + self._chance.expovariate(self._random)
        return True

    def took(self, hard: bool) -> None:
        """A frame was kept."""
        self._kept += 1
        if hard:
            self._left -= 1
