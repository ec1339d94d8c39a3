"""The sensor's time stamps, which are of the boot clock, on the monotonic clock."""

from __future__ import annotations

import time

OLDEST = 1.0
"""A sensor's time stamp further back than this, in seconds, is taken for a wrong one."""

_TRIES = 5


def ahead() -> float:
    """Seconds by which the boot clock is ahead of the monotonic one: the time the machine has slept.

    The two can't be read at once; of a few tries the one counts in which least time passed in between.
    """
    tries = []
    for _ in range(_TRIES):
        before, boot, after = time.monotonic(), time.clock_gettime(time.CLOCK_BOOTTIME), time.monotonic()
        tries.append((after - before, boot - (before + after) / 2))
    return min(tries)[1]


class SensorClock:
    """Puts one opening's stamps on the monotonic clock; they never go back."""

    def __init__(self) -> None:
        self._ahead, self._last = ahead(), 0.0

    def __call__(self, boot_ns: int | None) -> float:
        """When a frame was taken, in ``time.monotonic()`` seconds; now, if its stamp can't be right.

        Args:
            boot_ns: its ``SensorTimestamp``, nanoseconds of the boot clock; None: it has none.
        """
        now = time.monotonic()
        taken = (boot_ns or 0) / 1e9 - self._ahead
        if not 0 <= now - taken <= OLDEST:
            self._ahead = ahead()  # it may have slept since
            taken = (boot_ns or 0) / 1e9 - self._ahead
        self._last = max(self._last, taken if 0 <= now - taken <= OLDEST else now)
        return self._last
