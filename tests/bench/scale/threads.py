"""Threads of the interpreter, 1 and 2: the whole program on a film as fast as it can."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.scale.points import Curve, Point
from tests.bench.scale.program import Load, program

COUNTS = (1, 2)


def load(film: Path, threads: int, seconds: float) -> Load:
    """What so many threads take."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ("--source", film, "--loop", "--as-fast", "--no-web", "--threads", threads, "--jsonl", "/dev/null")
        with program(Path(folder), *arguments) as running:
            running.wait_for_frames()
            return running.load(seconds)


def measure(film: Path, seconds: float, counts: tuple[int, ...] = COUNTS) -> list[Curve]:
    """CPU a frame: what is lost to waiting for one another."""
    found = [(count, load(film, count, seconds)) for count in counts]
    return [
        Curve(
            "threads",
            "interpreter threads",
            "CPU, ms a frame",
            [Point(count, each.cpu_ms, each.figures()) for count, each in found],
            f"`edgedet run` on a film as fast as it can, {seconds:g} s each.",
        )
    ]
