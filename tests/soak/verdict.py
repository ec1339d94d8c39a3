"""What a soak must have kept to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgedet.events.keeper import SWEEP_BYTES
from tests.soak.house import MAX_GB

UNCOUNTED_MB = SWEEP_BYTES / 1e6 + 4 * 9
"""What the limit doesn't count: what has come since the last sweep, and a clip being written for each of the cameras,
36 s of 2 Mbit/s at most."""

Columns = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Figure:
    """One figure and its limit.

    Attributes:
        name: what it is.
        value, limit: in ``unit``; kept if the value is at most the limit, or at least where ``least``.
    """

    name: str
    value: float
    limit: float
    unit: str
    least: bool = False

    @property
    def kept(self) -> bool:
        return self.value >= self.limit if self.least else self.value <= self.limit

    def __str__(self) -> str:
        relation = ">=" if self.least else "<="
        mark = "ok  " if self.kept else "FAIL"
        return f"{mark}  {self.name:34} {self.value:9.2f} {self.unit:9} ({relation} {self.limit:g})"


def judge(columns: Columns, exit_code: int, log: str) -> list[Figure]:
    """Every figure of a run, the first half of which is taken as warming up.

    The database's slope is of the line through the second half; drifts compare the medians of the last and the second
    quarter, and the memory's slope is its drift by the hour. The median of ten minutes goes up and down by 3 MB,
    whoever is there, so that in 90 minutes nothing below some 8 MB an hour can be told from a level run.
    """
    seconds = columns["second"]
    late = seconds >= seconds[-1] / 2
    pause = float(np.median(np.diff(seconds)))
    stuck = longest_rest(columns["least"]) * pause
    return [
        Figure("memory, slope", _drift(columns, "rss_mb") / (seconds[-1] / 2 / 3600), 6, "MB/h"),
        Figure("memory, most", float(columns["rss_mb"].max()), 450, "MB"),
        Figure("open files, drift", _drift(columns, "fds"), 4, ""),
        Figure("threads, drift", _drift(columns, "threads"), 3, ""),
        Figure("database, slope", _slope(columns, "database_mb", late), 2, "MB/h"),
        Figure("database, most", float(columns["database_mb"].max()), 24, "MB"),
        Figure("store, most", float(columns["store_mb"].max()), MAX_GB * 1e3 + UNCOUNTED_MB, "MB"),
        Figure("latency, last quarter / second", _ratio(columns, "latency_ms"), 1.5, ""),
        Figure("processor, last quarter / second", _busy_ratio(columns), 1.25, ""),
        Figure("longest rest of a camera", stuck, 120, "s"),
        Figure("news of events over the broker", float(columns["told"][-1]), seconds[-1] / 120, "", least=True),
        Figure("tracebacks in the log", float(log.count("Traceback")), 0, ""),
        Figure("exit code", float(exit_code), 0, ""),
    ]


def longest_rest(counts: NDArray[np.float64]) -> int:
    """The most looks in a row at which a counter had not moved.

    >>> longest_rest(np.array([1.0, 2, 2, 2, 3]))
    2
    """
    longest = run = 0
    for moved in np.diff(counts) > 0:
        run = 0 if moved else run + 1
        longest = max(longest, run)
    return longest


def _slope(columns: Columns, name: str, where: NDArray[np.bool_]) -> float:
    """Of the line through these looks, by the hour."""
    return float(np.polyfit(columns["second"][where], columns[name][where], 1)[0] * 3600)


def _quarters(values: NDArray[np.float64]) -> tuple[float, float]:
    """The medians of the second quarter and the last."""
    parts = np.array_split(values, 4)
    return float(np.median(parts[1])), float(np.median(parts[3]))


def _drift(columns: Columns, name: str) -> float:
    second, last = _quarters(columns[name])
    return last - second


def _ratio(columns: Columns, name: str) -> float:
    second, last = _quarters(columns[name])
    return last / max(second, 1e-9)


def _busy_ratio(columns: Columns) -> float:
    """Processor seconds a second, of the last quarter by those of the second."""
    busy = np.diff(columns["cpu_s"]) / np.diff(columns["second"])
    second, last = _quarters(busy)
    return last / max(second, 1e-9)
