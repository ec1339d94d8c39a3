"""What is put in order when a store is opened, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from edgedet.events.places import Kept, Segment


@dataclass(frozen=True, slots=True)
class Repairs:
    """Who finishes what was left half written.

    Attributes:
        clip: makes the final clip of a half one, given its path; None if nothing of it can be saved. Given a clip
            that is finished, it says what it is. None: half clips are removed.
        segment: the same for continuous recording, given its path and camera.
    """

    clip: Callable[[Path], Kept | None] | None = None
    segment: Callable[[Path, str], Segment | None] | None = None


@dataclass(slots=True)
class Report:
    """What was put in order, counted. False if nothing was.

    Attributes:
        adopted: events that had a folder but no row.
        ended: events that were open when the end came.
        repaired: clips that were half written.
        corrected: events whose files and rows differed.
        removed: left-overs of events that were never kept, and of files that can't be repaired.
        forgotten: events whose folder is gone.
        segments: pieces of continuous recording adopted, repaired or forgotten.
    """

    adopted: int = 0
    ended: int = 0
    repaired: int = 0
    corrected: int = 0
    removed: int = 0
    forgotten: int = 0
    segments: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def __str__(self) -> str:
        counts = {field.name: getattr(self, field.name) for field in fields(self)}
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"
