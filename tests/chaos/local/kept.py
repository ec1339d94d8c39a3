"""What must be true of what was kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import av

from tests.chaos.local.station import Station


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
