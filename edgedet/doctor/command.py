"""Running other programs: what may crash or hang does so in a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MISSING, LATE = 127, 124
"""What a shell and ``timeout(1)`` say of a program that isn't there, and of one that took too long."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended.

    Attributes:
        code: its exit code; negative: the signal that ended it; :data:`MISSING`, :data:`LATE`.
        out, err: what it printed, without white space at the ends.
    """

    code: int
    out: str = ""
    err: str = ""

    @property
    def last(self) -> str:
        """Its last line on stderr, else on stdout: of a Python traceback, the exception."""
        lines = self.err.splitlines() or self.out.splitlines()
        return lines[-1].strip() if lines else ""

    @property
    def end(self) -> str:
        """How it ended, in words, for one that failed."""
        if self.code < 0:
            with contextlib.suppress(ValueError):
                return f"crashed ({signal.Signals(-self.code).name})"
            return f"crashed (signal {-self.code})"
        if self.code == LATE:
            return "hangs: there was no answer in time"
        return self.last or f"ended with code {self.code}"


Runner = Callable[[Sequence[str], float], Ran]
"""Runs a command for at most so many seconds. Never raises."""


def run_command(command: Sequence[str], timeout: float) -> Ran:
    """Run a command to its end, without a terminal and in the language its answers are understood in.

    Args:
        command: the program and its arguments.
        timeout: seconds after which it, and what it started, is killed.
    """
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**os.environ, "LC_ALL": "C.UTF-8", "SYSTEMD_PAGER": "", "PYTHONFAULTHANDLER": ""},
            start_new_session=True,  # so that nothing it started is left behind
        )
    except OSError as error:
        return Ran(MISSING, "", f"{command[0]}: {error.strerror or error}")
    try:
        out, err = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        return Ran(LATE)
    return Ran(child.returncode, out.strip(), err.strip())
