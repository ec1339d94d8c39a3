"""A program that tells of events, and what becomes of each of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.chaos.bed import Bed, no_more_files, open_files, within
from tests.chaos.network.watch import report_of
from tests.e2e.program import Running, edgedet

SETTINGS = """
[source]
uri = "demo:"
fps = 10
[storage]
path = "kept"
[record]
clips = false
[mjpeg]
enabled = false
[rules.person]
hits = 1
of = 1
leave = 0.3
[rules.cat]
hits = 1
of = 1
leave = 0.3
"""


class Telling:
    """The demo, watched for people and cats, whoever is told of them.

    Args:
        bed: the case's.
        settings: more of the settings file: the sink.
        env: variables beside those there are.
    """

    def __init__(self, bed: Bed, settings: str, env: dict[str, str] | None = None) -> None:
        self.settings = bed.folder / "edgedet.toml"
        self.settings.write_text(SETTINGS + settings)
        self._file = bed.folder / "report.json"
        self.outbox = bed.folder / "kept" / "outbox.db"
        self.program: Running = bed.run("--config", self.settings, "--report", self._file, "--threads", 1, env=env)
        self.program.wait_for("threads", 30)
        self._files: list[str] = []

    def report(self) -> dict[str, Any]:
        """The program's figures now."""
        return report_of(self.program, self._file)

    def service(self, name: str) -> dict[str, Any]:
        """Those of a service."""
        return dict(self.report()["services"][name])

    def detected(self) -> int:
        """Frames looked at so far."""
        return int(self.report()["frames"]["detected"])

    def calm(self) -> None:
        """All is well: from now on nothing may pile up."""
        self._files = open_files(self.program.process)

    def goes_on(self) -> None:
        """Assert that frames are looked at now."""
        before = self.detected()
        within(5, lambda: self.detected() >= before + 5, "detection goes on")

    def started(self) -> list[str]:
        """Events that were kept, in their order."""
        listed = edgedet("events", "list", "--json", "--config", self.settings)
        assert listed.returncode == 0, listed.stderr
        return sorted(str(json.loads(line)["id"]) for line in _lines(listed.stdout))

    def ended(self, seconds: float = 15) -> None:
        """End the program as systemd would, and assert that it does."""
        if self._files:
            no_more_files(self.program.process, self._files, 4)
        self.program.process.terminate()
        assert self.program.process.wait(seconds) == 0, self.program.text()
        assert "Traceback" not in self.program.text(), self.program.text()


def _lines(text: str) -> list[str]:
    """JSON lines, or a JSON list as such lines."""
    if text.lstrip().startswith("["):
        return [json.dumps(each) for each in json.loads(text)]
    return text.splitlines()


def in_order(told: Sequence[str], kept: Sequence[str]) -> str:
    """Assert that of what was kept nothing was left out, up to the last that was told, and the order is that; in words.

    Args:
        told: ids of events, as they arrived; again is fine.
        kept: ids in the store, in order.
    """
    firsts = list(dict.fromkeys(told))
    assert firsts, "nobody was told anything"
    assert firsts == list(kept)[: len(firsts)], f"told {firsts}, kept {list(kept)}"
    return f"{len(firsts)} events told in order, {len(told) - len(firsts)} again"


def size(path: Path) -> int:
    """Bytes of a database with its log."""
    return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))
