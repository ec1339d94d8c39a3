"""Counters that one stage writes and the monitor reads, without locks."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections import deque
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

KEPT = 1024
"""How many of the latest measurements percentiles and rates are taken from."""

BOUNDS = (
    *(0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075),
    *(0.01, 0.015, 0.02, 0.03, 0.05, 0.075),
    *(0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0),
)
"""Upper bounds of a histogram's buckets in seconds, but for the last, which has none: the quickest model on a
workstation takes 0.7 ms, a slow one on the smallest board above a second, and each bound is at most twice the one
before where frames are counted in milliseconds."""


class Ring:
    """The latest :data:`KEPT` numbers. One thread appends; others may read at any time."""

    def __init__(self) -> None:
        self._values = np.zeros(KEPT)
        self._count = 0

    def append(self, value: float) -> None:
        """Add one, forgetting the oldest when full."""
        self._values[self._count % KEPT] = value
        self._count += 1

    def values(self) -> NDArray[np.float64]:
        """A copy of what is held, in no order."""
        return self._values[: min(self._count, KEPT)].copy()


class Histogram:
    """How many durations fell into each bucket since start. One thread observes; others may read at any time.

    >>> histogram = Histogram()
    >>> histogram.observe(0.001)
    >>> histogram.cumulative()[:3], histogram.sum
    ([0, 1, 1], 0.001)

    Attributes:
        sum: of all durations, in seconds.
    """

    __slots__ = ("_counts", "sum")

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self.sum = 0.0

    def observe(self, seconds: float) -> None:
        """Count one duration; one that equals a bound belongs below it."""
        self._counts[bisect_left(BOUNDS, seconds)] += 1
        self.sum += seconds

    def cumulative(self) -> list[int]:
        """How many took at most each of :data:`BOUNDS`, and how many there were."""
        return list(accumulate(self._counts.copy()))  # a copy, as it is counted on meanwhile


class _Step:
    """A step's latest durations, and all of them by bucket."""

    __slots__ = ("histogram", "ring")

    def __init__(self) -> None:
        self.ring, self.histogram = Ring(), Histogram()


class StageStats:
    """What one stage has done. Written by the stage's thread alone.

    Attributes:
        name: ``capture``, ``detect``, or a publisher's name.
        frames: how many it has finished.
        errors: how often it failed.
        last_beat: ``time.monotonic()`` of the latest finished frame; 0 before the first.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.frames = 0
        self.errors = 0
        self.last_beat = 0.0
        self._stamps = deque[float](maxlen=KEPT)
        self._steps: dict[str, _Step] = {}

    def beat(self, **seconds: float) -> None:
        """A frame is done; ``seconds`` are what its steps took, by name."""
        self.last_beat = time.monotonic()
        self._stamps.append(self.last_beat)
        self.frames += 1
        for name, value in seconds.items():
            step = self._steps.get(name)
            if step is None:
                step = self._steps[name] = _Step()
            step.ring.append(value)
            step.histogram.observe(value)

    def rate(self, window: float = 5.0) -> float:
        """Frames per second over the last ``window`` seconds: a moving rate, not frames since start.

        Measured between frames (n stamps are n - 1 intervals), and falling while no new one comes.
        """
        now, stamps = time.monotonic(), self._stamps
        intervals = len(stamps) - bisect_right(stamps, now - window) - 1
        if intervals < 1:
            return 0.0
        first, last = stamps[-1 - intervals], stamps[-1]
        silence = max(0.0, now - last - (last - first) / intervals)
        return intervals / max(last - first + silence, 1e-9)

    def seconds(self, step: str) -> NDArray[np.float64]:
        """The latest durations of a step, in seconds; empty if it never ran."""
        found = self._steps.get(step)
        return found.ring.values() if found is not None else np.zeros(0)

    def histogram(self, step: str) -> Histogram | None:
        """All durations of a step since start, by bucket; None if it never ran."""
        found = self._steps.get(step)
        return found.histogram if found is not None else None


def percentiles_ms(seconds: NDArray[np.float64]) -> dict[str, float] | None:
    """p50, p95 and p99 in milliseconds; None of nothing."""
    if not len(seconds):
        return None
    places = np.array((0.50, 0.95, 0.99)) * (len(seconds) - 1)
    # as np.percentile has it, which imports numpy.ma on first use: half a frame's time, and memory
    p50, p95, p99 = np.interp(places, np.arange(len(seconds)), np.sort(seconds)) * 1e3
    return {"p50": round(float(p50), 3), "p95": round(float(p95), 3), "p99": round(float(p99), 3)}
