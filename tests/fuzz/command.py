"""Runs edgedet on bad input and judges how it took it."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_LIMIT = 200.0  # seconds; an unknown model alone may take 120 before it is given up
_MEMORY = 8 << 30
_LOG = re.compile(r"\d\d:\d\d:\d\d (debug|info|warning|error) \S")
_ERROR = "edgedet: error: "


def complaints(folder: Path, about: Path, *arguments: str) -> str:
    """What is wrong with how ``edgedet ARGUMENTS`` ended; empty if nothing. An error must name ``about``."""
    environ = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "HOME": str(folder)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "edgedet", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LIMIT,
            env=environ,
            cwd=folder,
            preexec_fn=_limit_memory,
        )
    except subprocess.TimeoutExpired:
        return f"still running after {_LIMIT:.0f} s"
    said = done.stderr.decode("utf-8", "replace")
    lines = said.splitlines()
    errors = [line for line in lines if line.startswith("edgedet:")]
    wrong = [line for line in lines if not (_LOG.match(line) or line in errors)]
    if done.returncode not in (0, 2):
        return f"exit code {done.returncode}: {said[-1500:]}"
    if "Traceback" in said or wrong:
        return f"more than one-line errors on stderr: {said[-1500:]}"
    if (done.returncode == 2) != bool(errors):
        return f"exit code {done.returncode} with: {errors}"
    if not all(line.startswith(f"{_ERROR}{about}:") and line[-1] != ":" for line in errors):
        return f"an error that doesn't say where or why: {errors}"
    if "secret" in said:
        return f"a password on stderr: {said[-500:]}"
    return ""


def judge(cases: Iterable[int], case: Callable[[int], str]) -> str:
    """Run the cases, two at a time: those that went wrong and how, a paragraph each."""
    with ThreadPoolExecutor(2) as pool:
        numbers = list(cases)
        results = zip(numbers, pool.map(case, numbers), strict=True)
        return "\n\n".join(f"{number}: {wrong}" for number, wrong in results if wrong)


def _limit_memory() -> None:
    """A model may ask for all the memory there is; the machine the tests run on should survive that."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
