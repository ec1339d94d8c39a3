"""Seconds until the program has said something: its help, and its first detection."""

from __future__ import annotations

import statistics
import subprocess
import time
from pathlib import Path

from tests.e2e.program import PROGRAM


def help_s(runs: int) -> float:
    """Seconds ``edgedet --help`` takes, from start to end: the median of so many runs."""
    return statistics.median(_seconds("--help", until_line=False) for _ in range(runs))


def detection_s(film: Path, runs: int) -> float:
    """Seconds from the start of ``edgedet run`` to its first frame's JSON line: the median of so many runs."""
    options = ("run", "--source", film, "--threads", 1, "--no-web", "--jsonl", "-", "--frames", 1)
    return statistics.median(_seconds(*options, until_line=True) for _ in range(runs))


def _seconds(*arguments: object, until_line: bool) -> float:
    start = time.perf_counter()
    command = [*PROGRAM, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline(), "it said nothing"
        if until_line:
            spent = time.perf_counter() - start
        process.stdout.read()
    assert process.returncode == 0
    return spent if until_line else time.perf_counter() - start
