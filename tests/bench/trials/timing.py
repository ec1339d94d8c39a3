"""Compares ways to do one thing, in turns, by processor time; the first is what the others are measured against."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2

from edgedet.capture.video import read_video
from edgedet.types import Image
from tests.bench.floor_film import film
from tests.bench.turns import in_turns, median_ratio


def pictures(count: int) -> list[Image]:
    """The first frames of the floor's film."""
    with tempfile.TemporaryDirectory() as folder:
        return [shown.image for shown, _ in zip(read_video(str(film(Path(folder)))), range(count), strict=False)]


def compare(ways: Mapping[str, Callable[[], object]], rounds: int, count: int = 1, clock: str = "thread") -> None:
    """Print milliseconds of each way, and its ratio to the first.

    Args:
        ways: what is tried, by name; run once before it counts.
        rounds: how many turns each has.
        count: how many times a call of one does the thing.
        clock: ``thread`` or ``process`` for processor time, ``wall``.
    """
    cv2.setNumThreads(1)
    now = {"thread": time.thread_time, "process": time.process_time, "wall": time.perf_counter}[clock]

    def timed(way: Callable[[], object]) -> float:
        start = now()
        way()
        return (now() - start) / count * 1e3

    for way in ways.values():
        way()
    found = in_turns({name: (lambda way=way: timed(way)) for name, way in ways.items()}, rounds)
    first = found[next(iter(ways))]
    for name, values in found.items():
        ratio = median_ratio(values, first)
        print(f"{name:44} {statistics.median(values):8.3f} ms  {ratio:5.2f} of the first")
