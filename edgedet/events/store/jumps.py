"""The wall clock's jumps ahead: what was stamped before one is younger than its stamp says."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

LEAST = timedelta(minutes=1)
"""A smaller step is the network's time setting the clock right, and changes nobody's age."""
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
"""edgedet is younger than this: a stamp from earlier is that of a clock that hadn't been set."""


class _Jump(NamedTuple):
    """Stamps between ``begin`` and ``end`` were ``by`` behind."""

    begin: datetime
    end: datetime
    by: timedelta


class Jumps:
    """Notices when the wall clock is set on by much, and knows how old things then are.

    A board without a clock of its own begins where it was last turned off, or in 1970, and is set when the network
    answers. What was recorded until then would look months or decades old, and be deleted.

    >>> from datetime import UTC
    >>> wall, seconds = datetime(1970, 1, 1, tzinfo=UTC), 0.0
    >>> jumps = Jumps(lambda: wall, lambda: seconds)
    >>> wall, seconds = datetime(2026, 11, 21, tzinfo=UTC), 60.0
    >>> jumps.look()
    >>> str(jumps.true(datetime(1970, 1, 1, 0, 0, 20, tzinfo=UTC)))
    '2026-11-20 23:59:20+00:00'

    Args:
        clock: gives the wall clock's time, UTC.
        monotonic: gives seconds that never jump.
    """

    def __init__(self, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._monotonic = clock, monotonic
        self._wall, self._at = clock(), monotonic()
        self._begin = self._wall
        self._jumps: list[_Jump] = []

    def look(self) -> None:
        """Compare the clocks; to be called now and then, and before ages are judged."""
        wall, at = self._clock(), self._monotonic()
        expected = self._wall + timedelta(seconds=at - self._at)
        if wall - expected > LEAST:
            self._jumps.append(_Jump(self._begin, expected, wall - expected))
        if abs(wall - expected) > LEAST:
            self._begin = self._wall + (wall - expected)  # it may have jumped right after the last look
        self._wall, self._at = wall, at

    def true(self, stamp: datetime) -> datetime:
        """When that was by the clock of now, if it was stamped since the start; else as it stands.

        A stamp from before :data:`FIRST`, of an earlier start, says nothing: it counts as of now, so that what may be
        an hour old isn't deleted by age; it is still the first to go where room is needed.
        """
        for jump in self._jumps:
            if jump.begin <= stamp <= jump.end:
                stamp += jump.by
        return stamp if stamp >= FIRST else self._wall
