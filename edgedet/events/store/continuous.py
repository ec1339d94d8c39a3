"""Continuous recording after a power cut: files without rows, rows without files."""

from __future__ import annotations

import contextlib
import logging
import re
import sqlite3
from datetime import datetime
from pathlib import Path

from edgedet.events.places import Places, Segment
from edgedet.events.store import rows
from edgedet.events.store.database import transaction
from edgedet.events.store.emergency import segment_files
from edgedet.events.store.report import Repairs
from edgedet.pyav import any_metadata

log = logging.getLogger(__name__)

_UNFINISHED = re.compile(r"\.?\d{6}(?!\.mp4$)\..+")


def reconcile_segments(db: sqlite3.Connection, places: Places, repairs: Repairs) -> int:
    """Adopt files that have no row, forget rows that have no file, finish or remove half files.

    Args:
        db: the database.
        places: where the files are.
        repairs: who finishes half files; those that this very process has open are left alone.

    Returns:
        How many were put in order.
    """
    changed = _finish(places, repairs)
    files = {path.relative_to(places.root).as_posix(): path for path in segment_files(places)}
    known = {row[0] for row in db.execute("SELECT path FROM segments")}
    began = {name: places.segment_started(files[name]) for name in files.keys() - known}
    fresh = {name: started for name, started in began.items() if started is not None}
    with transaction(db, durable=False):
        for name, started in fresh.items():
            rows.put_segment(db, places, _segment(files[name], started))
        db.executemany("DELETE FROM segments WHERE path = ?", [(name,) for name in known - files.keys()])
    return changed + len(fresh) + len(known - files.keys())


def _finish(places: Places, repairs: Repairs) -> int:
    found = [
        path
        for path in (places.root / "continuous").glob("*/*-*-*/*")
        if _UNFINISHED.fullmatch(path.name) and places.segment_started(path) is not None
    ]
    ours = _open_files() if found else set()
    left = [path for path in found if path.resolve() not in ours]
    for path in left:
        try:
            if repairs.segment is not None:
                repairs.segment(path, path.parents[1].name)
        except OSError as error:
            log.warning("%s: can't be repaired now, the next start tries again: %s", path, error)
            continue
        path.unlink(missing_ok=True)
    return len(left)


def _open_files() -> set[Path]:
    found = set()
    for handle in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # it was the one that lists them
            found.add(handle.readlink())
    return found


def _segment(path: Path, started: datetime) -> Segment:
    """What can be told of a piece by its place."""
    return Segment(path.parents[1].name, path, path.stat().st_size, started, _seconds(path))


def _seconds(path: Path) -> float:
    import av  # only after a power cut: who lists events needn't wait for it

    try:
        with av.open(str(path), **any_metadata()) as film:
            return (film.duration or 0) / av.time_base
    except (av.FFmpegError, OSError) as error:
        log.warning("%s: can't be played (%s)", path, error)
        return 0.0
