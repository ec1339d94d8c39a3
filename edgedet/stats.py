"""Counters that one stage writes and the monitor reads, without locks."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

KEPT = 1024
"""How many of the latest measurements percentiles and rates are taken from."""


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
        self._stamps = Ring()
        self._seconds: dict[str, Ring] = {}

    def beat(self, **seconds: float) -> None:
        """A frame is done; ``seconds`` are what its steps took, by name."""
        self.last_beat = time.monotonic()
        self._stamps.append(self.last_beat)
        self.frames += 1
        for step, value in seconds.items():
            ring = self._seconds.get(step)
            if ring is None:
                ring = self._seconds[step] = Ring()
            ring.append(value)

    def rate(self, window: float = 5.0) -> float:
        """Frames per second over the last ``window`` seconds: a moving rate, not frames since start.

        Measured between frames (n stamps are n - 1 intervals), and falling while no new one comes.
        """
        now = time.monotonic()
        stamps = self._stamps.values()
        stamps = stamps[stamps > now - window]
        if len(stamps) < 2:
            return 0.0
        first, last = float(stamps.min()), float(stamps.max())
        interval = (last - first) / (len(stamps) - 1)
        silence = max(0.0, now - last - interval)
        return (len(stamps) - 1) / max(last - first + silence, 1e-9)

    def seconds(self, step: str) -> NDArray[np.float64]:
        """The latest durations of a step, in seconds; empty if it never ran."""
        ring = self._seconds.get(step)
        return ring.values() if ring is not None else np.zeros(0)


def percentiles_ms(seconds: NDArray[np.float64]) -> dict[str, float] | None:
    """p50, p95 and p99 in milliseconds; None of nothing."""
    if not len(seconds):
        return None
    p50, p95, p99 = np.percentile(seconds, (50, 95, 99)) * 1e3
    return {"p50": round(float(p50), 3), "p95": round(float(p95), 3), "p99": round(float(p99), 3)}
