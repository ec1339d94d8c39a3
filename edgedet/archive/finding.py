"""Which events of a store are to be archived, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from edgedet.archive.record import KINDS, FileKind
from edgedet.events.places import Places
from edgedet.events.store.database import reading
from edgedet.events.store.folder import is_being_written, listing
from edgedet.events.store.reading import Query, StoredEvent, query

_AT_ONCE = 500


def ended_ids(root: Path) -> list[str]:
    """The events of a store that have ended, oldest first.

    Raises:
        StoreError: it can't be read.
    """
    with reading(Places(root).database) as db:
        return [row[0] for row in db.execute("SELECT id FROM events WHERE phase = 'end' ORDER BY started, id")]


def stored(root: Path, ids: Sequence[str]) -> list[StoredEvent]:
    """Events by their ids; those that aren't there are left out.

    Raises:
        StoreError: the store can't be read.
    """
    found: list[StoredEvent] = []
    for begin in range(0, len(ids), _AT_ONCE):
        found += query(root, Query(ids=tuple(ids[begin : begin + _AT_ONCE])))
    return found


def is_ready(found: StoredEvent, after: float, now: datetime) -> bool:
    """Whether an event has ended long enough ago, and nothing of it is being written any more.

    Args:
        found: the event, as the store has it.
        after: seconds since its end.
        now: UTC time.

    Raises:
        OSError: its folder can't be read.
    """
    ended = found.event.ended
    if found.event.phase != "end" or ended is None:
        return False
    if 0 <= (now - ended).total_seconds() < after:  # an end to come means that the clock was set back: long enough
        return False
    folder = listing(found.sidecar.parent)
    known = {file.kind: file.size for file in found.files}
    return folder.sidecar and not is_being_written(folder) and folder.sizes == known


def files_of(found: StoredEvent, what: Sequence[str]) -> dict[FileKind, Path]:
    """The files of an event that are to be archived: the smallest first, so that a wrong key is found out at once."""
    files: dict[FileKind, Path] = {"json": found.sidecar} if "json" in what else {}
    for kind, choice in (("snapshot", "snapshots"), ("clip", "clips")):
        file = found.file(KINDS[kind])  # type: ignore[index]
        if choice in what and file is not None:
            files[kind] = file.path  # type: ignore[index]
    return files
