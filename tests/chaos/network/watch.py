"""A program with two cameras, of which one is struck; what becomes of both."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

from tests.chaos.bed import PATIENCE, Bed, no_more_files, open_files, resident, within
from tests.e2e.program import Running

SETTINGS = """
[source]
open_timeout = {open_timeout}
stall_timeout = 2
retry_max = 1
[mjpeg]
enabled = false
[[camera]]
name = "struck"
[camera.source]
uri = "{uri}"
{more}
[[camera]]
name = "other"
[camera.source]
uri = "demo:"
fps = 5
"""


class Watch:
    """A camera over the network, beside another that nothing happens to.

    Args:
        bed: the case's.
        uri: the camera's address.
        more: more lines of its ``[camera.source]``.
        open_timeout: seconds it has to open.
    """

    def __init__(self, bed: Bed, uri: str, more: str = "", open_timeout: float = 3) -> None:
        settings = bed.folder / "edgedet.toml"
        settings.write_text(SETTINGS.format(uri=uri, more=more, open_timeout=open_timeout))
        self._file = bed.folder / "report.json"
        self.program = bed.run("--config", settings, "--report", self._file, "--threads", 1)
        self.program.wait_for(r"threads", 30)
        self._files: list[str] = []
        self._memory, self._pace = 0.0, 5.0

    def report(self) -> dict[str, Any]:
        """The program's figures now."""
        return report_of(self.program, self._file)

    def frames(self, camera: str) -> int:
        """How many of a camera were looked at so far."""
        return int(self.report()["cameras"][camera]["frames"]["detected"])

    def state(self) -> str:
        """What the struck camera is doing."""
        return str(self.report()["cameras"]["struck"]["source"]["state"])

    def settled(self, frames: int = 20) -> None:
        """Both cameras work: from now on nothing may pile up."""
        within(25, lambda: self.frames("struck") >= frames and self.frames("other") >= 5, "both cameras work")
        self._pace = self.rate("other", 2)  # less than 5 on a machine that has much else to do
        self._files, self._memory = open_files(self.program.process), resident(self.program.process)

    def lost(self, seconds: float) -> float:
        """After how many seconds the loss was noticed and told, in a line that names the camera."""
        _, took = within(seconds, lambda: self.state() == "reconnecting", "the loss is noticed")
        self.told(r"; trying again until it is back")
        return took

    def back(self, seconds: float) -> float:
        """After how many seconds frames came again, five of them."""
        before = self.frames("struck")
        _, took = within(seconds, lambda: self.frames("struck") >= before + 5, "frames come again")
        return took

    def told(self, pattern: str) -> None:
        """Assert that the log has it, or soon will."""
        self.program.wait_for(pattern, 8)

    def rate(self, camera: str, seconds: float) -> float:
        """Frames of a camera looked at a second, over so many."""
        begin = self.report()
        time.sleep(seconds)
        end = self.report()
        frames = (one["cameras"][camera]["frames"]["detected"] for one in (end, begin))
        return float(next(frames) - next(frames)) / float(end["uptime_s"] - begin["uptime_s"])

    def other_goes_on(self, seconds: float = 2) -> str:
        """Assert that the other camera is looked at as ever; how often."""
        rate = self.rate("other", seconds)
        assert rate >= 0.6 * self._pace / PATIENCE, (
            f"the other camera is looked at {rate:.1f} times a second, not {self._pace:.1f}"
        )
        return f"the other camera {rate:.1f}/s of {self._pace:.1f}"

    def nothing_left(self) -> str:
        """Assert that no files, nor memory, are left over from the fault; in words."""
        process = self.program.process
        files = no_more_files(process, self._files)
        assert process.poll() is None
        assert "Traceback" not in self.program.text(), self.program.text()
        more = resident(process) - self._memory
        assert more < 40, f"{more:.0f} MiB more than before"
        return f"{files}, {more:+.0f} MiB"


def report_of(program: Running, file: Path) -> dict[str, Any]:
    """What a program with ``--report`` says now."""
    file.unlink(missing_ok=True)
    program.process.send_signal(signal.SIGUSR1)
    deadline = time.monotonic() + 15 * PATIENCE
    while time.monotonic() < deadline:
        assert program.process.poll() is None, program.text()
        try:
            return dict(json.loads(file.read_text()))
        except (OSError, ValueError):  # not there, or not all of it
            time.sleep(0.02)
    raise AssertionError("no figures within 15 s")
