"""The installed program, run as a person would."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROGRAM = [sys.executable, "-m", "edgedet"]


def edgedet(*arguments: object, timeout: float = 60, **options: object) -> subprocess.CompletedProcess[str]:
    """Run to the end."""
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, **options)  # type: ignore[call-overload,no-any-return]


def assert_refused(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """It ended with one clear line that names the thing, and exit code 2."""
    errors = [line for line in result.stderr.splitlines() if line.startswith("edgedet: error: ")]
    assert result.returncode == 2, result.stderr
    assert len(errors) == 1, result.stderr
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in errors[0], errors[0]


@dataclass
class Running:
    """``edgedet run`` in the background.

    Attributes:
        process: the program.
        log: the file its stderr goes to.
    """

    process: subprocess.Popen[str]
    log: Path

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, pattern: str, timeout: float = 20) -> re.Match[str]:
        """The first match in the log, as soon as there is one."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.text()):
                return found
            assert self.process.poll() is None or re.search(pattern, self.text()), self.text()
            time.sleep(0.05)
        raise AssertionError(f"no {pattern!r} in {timeout} s; the log:\n{self.text()}")

    def url(self) -> str:
        return self.wait_for(r"live picture: (http://\S+)")[1]


@contextlib.contextmanager
def running(folder: Path, *arguments: object) -> Iterator[Running]:
    """``edgedet run`` with these arguments; killed at the end if it still runs."""
    log = folder / "stderr.log"
    with log.open("w") as stderr:
        command = [*PROGRAM, "run", *map(str, arguments)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)
        try:
            yield Running(process, log)
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()
