"""Seconds until the program has said something: its help, and its first detection.

Measured as it is installed: its modules are compiled. A checkout's may not be (``PYTHONDONTWRITEBYTECODE``), and to
compile all of them takes longer than all else; so they are compiled into a folder of this run's own first.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.program import PROGRAM


def help_s(folder: Path, runs: int) -> float:
    """Seconds ``edgedet --help`` takes, from start to end: the median of so many runs.

    Args:
        folder: where compiled modules are kept.
        runs: how many are measured; one more, which compiles, isn't.
    """
    return _median(compiled(folder), runs, "--help", until_line=False)


def detection_s(film: Path, folder: Path, runs: int) -> float:
    """Seconds from the start of ``edgedet run`` to its first frame's JSON line: the median of so many runs.

    Args:
        film: what it looks at.
        folder, runs: as of :func:`help_s`.
    """
    options = ("run", "--source", film, "--threads", 1, "--no-web", "--jsonl", "-", "--frames", 1)
    return _median(compiled(folder), runs, *options, until_line=True)


def compiled(folder: Path) -> dict[str, str]:
    """The environment of a program whose modules are compiled once, into this folder."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def _median(environ: Mapping[str, str], runs: int, *arguments: object, until_line: bool) -> float:
    seconds = [_seconds(environ, *arguments, until_line=until_line) for _ in range(runs + 1)]
    return statistics.median(seconds[1:])


def _seconds(environ: Mapping[str, str], *arguments: object, until_line: bool) -> float:
    start = time.perf_counter()
    command = [*PROGRAM, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ) as process:
        assert process.stdout is not None
        assert process.stdout.readline(), "it said nothing"
        if until_line:
            spent = time.perf_counter() - start
        process.stdout.read()
    assert process.returncode == 0
    return spent if until_line else time.perf_counter() - start
