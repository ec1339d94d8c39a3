"""Tries edgedet with the real picamera2. Without arguments: the names of the checks; with one: tries that."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import cameras
import film

from edgedet.errors import SourceError

CHECKS: dict[str, Callable[[], str]] = {
    check.__name__.replace("_", "-"): check for check in (*cameras.CHECKS, *film.CHECKS)
}


def try_one(name: str) -> int:
    """Try a check, say in one line how it went; the exit status."""
    check = CHECKS[name]
    text = (check.__doc__ or name).strip()
    try:
        print(f"ok    {text}: {check()}")
    except (AssertionError, SourceError, subprocess.TimeoutExpired) as error:
        print(f"FAIL  {text}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(try_one(sys.argv[1]))
    print("\n".join(CHECKS))
