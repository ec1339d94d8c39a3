"""What a case works with: a folder, chance by seed, programs that end with it."""

from __future__ import annotations

import contextlib
import os
import random
import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from tests.e2e.program import PROGRAM, Running

_T = TypeVar("_T")

PATIENCE = float(os.environ.get("TEST_PATIENCE", "1"))
"""How many times as long everything may take, for a machine that has much else to do."""


class Missing(Exception):
    """This machine lacks what the case needs; the text says what."""


class Patient(Running):
    """``edgedet run`` in the background, with :data:`PATIENCE`."""

    def wait_for(self, pattern: str, timeout: float = 20) -> re.Match[str]:
        """The first match in the log, as soon as there is one."""
        return super().wait_for(pattern, timeout * PATIENCE)


class Bed:
    """What one case has to itself; a context manager that ends everything started in it, the last first.

    Args:
        folder: an empty one.
        seed: chance comes from it and the case's name alone.

    Attributes:
        folder: as given.
        random: the case's own chance.
        stack: what is undone at the end: ``bed.stack.enter_context(...)``, ``bed.stack.callback(...)``.
    """

    def __init__(self, folder: Path, seed: str) -> None:
        self.folder, self.random, self.stack = folder, random.Random(seed), contextlib.ExitStack()
        self._runs = 0

    def __enter__(self) -> Bed:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def run(
        self,
        *arguments: object,
        prefix: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Running:
        """Start ``edgedet run`` with these arguments; killed at the end of the case if it still runs.

        Args:
            arguments: as on the command line.
            prefix: what the program is started by: ``["prlimit", "--nofile=64"]``.
            env: variables beside those of this process.
            cwd: its working folder.
        """
        self._runs += 1
        log = self.folder / f"run{self._runs}.log"
        return Patient(self.start([*prefix, *PROGRAM, "run", *map(str, arguments)], log, env=env, cwd=cwd), log)

    def start(
        self, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.Popen[str]:
        """Start any program, its stderr into a file and its stdout into ``<file>.out``; killed at the end."""
        with log.open("w") as stderr, log.with_suffix(".out").open("w") as stdout:
            process = subprocess.Popen(
                list(command), stdout=stdout, stderr=stderr, text=True, cwd=cwd, env={**os.environ, **(env or {})}
            )
        self.stack.callback(_end, process)
        return process


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()


def within(seconds: float, look: Callable[[], _T], what: str) -> tuple[_T, float]:
    """Wait until something is true.

    Returns:
        What it was, and after how many seconds.

    Raises:
        AssertionError: it was not within so many seconds.
    """
    began = time.monotonic()
    while True:
        if found := look():
            return found, time.monotonic() - began
        assert time.monotonic() - began < seconds * PATIENCE, f"not within {seconds:g} s: {what}"
        time.sleep(0.1)


def open_files(process: subprocess.Popen[str]) -> list[str]:
    """What a process has open now: paths, and ``socket:[...]`` and the like."""
    found = []
    for each in list(Path(f"/proc/{process.pid}/fd").iterdir()):
        with contextlib.suppress(OSError):  # closed meanwhile
            found.append(str(each.readlink()))
    return sorted(found)


def descriptors(process: subprocess.Popen[str]) -> int:
    """How many files a process has open now."""
    return len(open_files(process))


def no_more_files(process: subprocess.Popen[str], before: Sequence[str], more: int = 2, seconds: float = 8) -> str:
    """Assert that within so many seconds a process has no more files open than before, but for a few; in words.

    Args:
        process: which.
        before: of :func:`open_files`.
        more: how many more are fine: a connection comes and goes.
        seconds: how long it may take.
    """
    deadline = time.monotonic() + seconds * PATIENCE
    while len(now := open_files(process)) > len(before) + more:
        new = sorted((Counter(now) - Counter(before)).elements())
        assert time.monotonic() < deadline, f"{len(now)} files open, {len(before)} before; new: {new}"
        time.sleep(0.1)
    return f"files {len(before)} -> {len(now)}"


def resident(process: subprocess.Popen[str]) -> float:
    """MiB of a process in memory now."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20
