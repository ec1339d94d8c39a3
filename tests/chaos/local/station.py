"""A camera that records what it sees."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.bed import Bed
from tests.e2e.program import Running, edgedet

RATE = 10
"""Frames a second of the camera."""
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
