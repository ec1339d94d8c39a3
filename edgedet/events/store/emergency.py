"""Room on a disk so full that not even the database opens."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from edgedet.events.places import Places
from edgedet.events.store.disk import free_bytes
from edgedet.events.store.folder import is_being_written, is_event_folder, listing, remove_empty, remove_files
from edgedet.events.store.sidecar import read_sidecar

log = logging.getLogger(__name__)


def make_room(places: Places, needed: int) -> None:
    """Delete the oldest continuous recording, then the oldest events that aren't marked to be kept, by their names.

    Args:
        places: where they are. The database isn't touched: it finds out at its next opening.
        needed: bytes that must be free.
    """
    before = free_bytes(places.root)
    removed = 0
    for segment in sorted(segment_files(places), key=lambda path: path.parts[-2:]):
        if free_bytes(places.root) >= needed:
            break
        segment.unlink(missing_ok=True)
        remove_empty(segment.parent, places.root / "continuous")
        removed += 1
    for folder in filter(is_event_folder, places.event_folders()):
        if free_bytes(places.root) >= needed:
            break
        if not is_being_written(listing(folder)) and not _is_kept(folder):
            remove_files(places, folder.name)
            removed += 1
    if removed:
        freed = (free_bytes(places.root) - before) / 1e6
        log.warning("%s: the disk was full; %d of the oldest recordings deleted, %.0f MB", places.root, removed, freed)


def segment_files(places: Places) -> Iterator[Path]:
    """The finished files of continuous recording."""
    yield from (places.root / "continuous").glob("*/*-*-*/[0-9][0-9][0-9][0-9][0-9][0-9].mp4")


def _is_kept(folder: Path) -> bool:
    try:
        return read_sidecar(folder / "event.json").kept
    except (OSError, ValueError):
        return False
