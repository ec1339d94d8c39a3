"""What a recording program must go on doing, and how it ends."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from typing import Any

from tests.chaos.bed import PATIENCE, within
from tests.chaos.local.station import Station
from tests.e2e.program import Running
from tests.e2e.test_kills import TOLD

OVER = re.compile(r"gone after \d+ s, event (\S+)")


def told(program: Running) -> list[str]:
    """The events whose start was told, in order."""
    return TOLD.findall(program.text())


def over(program: Running) -> list[str]:
    """The events whose end was told, in order."""
    return OVER.findall(program.text())


def runs(program: Running) -> None:
    """Wait until it detects."""
    program.wait_for(r" fps \(capture", 40)


def more_told(program: Running, count: int, seconds: float = 40) -> list[str]:
    """Wait for so many more events; all that were told."""
    before = len(told(program))
    within(seconds, lambda: _alive(program) and len(told(program)) >= before + count, f"{count} more events")
    return told(program)


def more_over(program: Running, count: int, seconds: float = 40) -> list[str]:
    """Wait until so many more events have ended; all that have."""
    before = len(over(program))
    within(seconds, lambda: _alive(program) and len(over(program)) >= before + count, f"{count} more events over")
    return over(program)


def detects(camera: Station, program: Running, frames: int = 20, seconds: float = 20) -> None:
    """See that it goes on looking at frames."""
    before = camera.looked()
    within(seconds, lambda: _alive(program) and camera.looked() >= before + frames, f"{frames} more frames")


def exits(program: Running, seconds: float) -> int:
    """Wait until it ends by itself; its exit status."""
    return program.process.wait(seconds * PATIENCE)


def ends(program: Running, seconds: float = 40) -> str:
    """Ask it to end, see that it does so in order; all that it said."""
    program.process.send_signal(signal.SIGTERM)
    assert exits(program, seconds) == 0, program.text()[-2000:]
    return clean(program)


def clean(program: Running) -> str:
    """All that it said, which must be in words."""
    text = program.text()
    assert "Traceback" not in text, text[-3000:]
    return text


def figures(program: Running, file: Path) -> dict[str, Any]:
    """The program's own measurements now; it was started with ``--report FILE``."""
    file.unlink(missing_ok=True)
    program.process.send_signal(signal.SIGUSR1)

    def report() -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # not yet, or half of it
            return {}
        return found

    return within(20, report, "a report")[0]


def _alive(program: Running) -> bool:
    assert program.process.poll() is None, f"it ended with {program.process.returncode}: {program.text()[-2000:]}"
    return True
