"""A camera that records what it sees, and what must be true of what it kept."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from tests.chaos.bed import PATIENCE, Bed, within
from tests.e2e.program import Running, edgedet
from tests.e2e.test_kills import TOLD

RATE = 10
"""Frames a second of the camera."""
OVER = re.compile(r"gone after \d+ s, event (\S+)")

_SETTINGS = """\
[source]
width = 640
height = 360
fps = {rate}
[model]
threads = 1
path = "{model}"
isolate = "{isolate}"
[storage]
path = "{kept}"
[mjpeg]
enabled = false
[output]
jsonl = "{lines}"
[record]
pre_roll = 1
post_roll = 1
{record}
[rules.person]
leave = 0.3
[rules.cat]
leave = 0.3
[monitor]
interval = 1
{more}"""


@dataclass(frozen=True, slots=True)
class Station:
    """The demo's camera: somebody comes every few seconds, and each is an event with a clip.

    Attributes:
        bed: whose it is.
        kept: where events are kept.
        lines: the file that gets a line for each frame looked at.
        settings: the settings file.
    """

    bed: Bed
    kept: Path
    lines: Path
    settings: Path

    def run(self, *arguments: object, prefix: Sequence[str] = (), env: Mapping[str, str] | None = None) -> Running:
        """Start the program; see :meth:`tests.chaos.bed.Bed.run`."""
        given = {"XDG_STATE_HOME": str(self.bed.folder), **(env or {})}
        return self.bed.run("--config", self.settings, *arguments, prefix=prefix, env=given)

    def events(self) -> dict[str, dict[str, Any]]:
        """What is kept, by id."""
        listed = edgedet("events", "list", "--json", "--storage", self.kept)
        assert listed.returncode == 0, listed.stderr
        return {event["id"]: event for event in json.loads(listed.stdout)}

    def looked(self) -> int:
        """How many frames were looked at so far."""
        return self.lines.read_bytes().count(b"\n") if self.lines.exists() else 0


def station(
    bed: Bed,
    kept: Path | None = None,
    *,
    model: str | Path = "starter-320",
    isolate: str = "off",
    record: str = "",
    more: str = "",
) -> Station:
    """Write the settings of a camera.

    Args:
        bed: whose it is.
        kept: where events are kept; None: beside the settings.
        model: its name or file.
        isolate: see ``model.isolate``.
        record: more lines of that table.
        more: more lines, of the table ``[monitor]`` and then of any other.
    """
    kept, lines, settings = kept or bed.folder / "kept", bed.folder / "lines.jsonl", bed.folder / "edgedet.toml"
    settings.write_text(
        _SETTINGS.format(rate=RATE, model=model, isolate=isolate, record=record, kept=kept, lines=lines, more=more)
    )
    return Station(bed, kept, lines, settings)


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


def plays(clip: Path) -> bool:
    """Whether a film can be decoded to its end."""
    with av.open(clip) as film:
        return sum(1 for _ in film.decode(video=0)) > 0


def all_kept(camera: Station, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """See that these events are there, and the database is sound; all events that are."""
    found = camera.events()
    missing = [name for name in names if name not in found]
    assert not missing, f"told, but not kept: {missing}"
    with sqlite3.connect(f"file:{camera.kept / 'edgedet.db'}?mode=ro", uri=True) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return found


def with_clips(found: Mapping[str, Mapping[str, Any]]) -> int:
    """See that the clips of these events play; how many have one."""
    clips = [Path(event["files"]["clip"]["path"]) for event in found.values() if "clip" in event["files"]]
    broken = [clip.parent.name for clip in clips if not plays(clip)]
    assert not broken, f"clips that don't play: {broken}"
    return len(clips)


def _alive(program: Running) -> bool:
    assert program.process.poll() is None, f"it ended with {program.process.returncode}: {program.text()[-2000:]}"
    return True
