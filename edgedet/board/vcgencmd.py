"""The firmware, asked by Raspberry Pi's own command where the kernel has no file for it."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Callable

Runner = Callable[[tuple[str, ...]], str]
"""Runs ``vcgencmd`` with these arguments and gives its output. Raises OSError if it can't."""

HOLDS = 10.0
"""Seconds an answer holds: each costs a process."""
WITHIN = 2.0
"""Seconds the command may take."""


def run_vcgencmd(arguments: tuple[str, ...]) -> str:
    """Run the real one. Raises OSError if it isn't installed, fails or doesn't end."""
    program = shutil.which("vcgencmd")
    if program is None:
        raise FileNotFoundError("vcgencmd isn't installed")
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=WITHIN, check=True)
    except subprocess.SubprocessError as error:
        raise OSError(f"vcgencmd: {error}") from None
    return done.stdout


class Firmware:
    """Asks the firmware, now and then.

    Args:
        run: runs the command.
        clock: seconds; monotonic.
    """

    def __init__(self, run: Runner = run_vcgencmd, clock: Callable[[], float] = time.monotonic) -> None:
        self._run, self._clock = run, clock
        self._turn = threading.Lock()
        self._asked = float("-inf")
        self._bits: int | None = None

    def throttle_bits(self) -> int | None:
        """``get_throttled``, up to ten seconds old; None where nobody answers. From any thread."""
        with self._turn:
            now = self._clock()
            if now - self._asked >= HOLDS:
                self._asked, self._bits = now, self._ask()
            return self._bits

    def _ask(self) -> int | None:
        try:
            return int(self._run(("get_throttled",)).strip().removeprefix("throttled="), 16)
        except (OSError, ValueError):
            return None
