"""After a power cut: the folders are the truth, the database is made to agree with them.

An event's folder is there before its row, and goes before it. So a folder with a sidecar but no row is an event to be
adopted, and a row without a folder is one that was deleted.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from edgedet.event import Event
from edgedet.events.places import NAMES, Kept, Kind, Places
from edgedet.events.store import rows
from edgedet.events.store.continuous import reconcile_segments
from edgedet.events.store.database import transaction
from edgedet.events.store.folder import Listing, is_event_folder, listing, remove_empty, remove_files
from edgedet.events.store.paired import rewrite_sidecar
from edgedet.events.store.report import Repairs, Report
from edgedet.events.store.sidecar import Sidecar, read_sidecar

log = logging.getLogger(__name__)


def reconcile(db: sqlite3.Connection, places: Places, repairs: Repairs, is_live: Callable[[Path], bool]) -> Report:
    """Make rows and folders agree, and end what was cut short.

    Args:
        db: the database.
        places: where the folders are.
        repairs: who finishes what was left half written.
        is_live: whether an event's folder may be this very process's: then its unfinished files belong to somebody.

    Returns:
        What was done.

    Raises:
        OSError, sqlite3.Error: it couldn't be done; the next try goes on from there.
    """
    report = Report()
    known = _known(db)
    for folder in filter(is_event_folder, places.event_folders()):
        if not _is_settled(listing(folder), known.get(folder.name)):
            case = _Case(db, places, report, repairs, folder.name, is_live(folder))
            _reconcile_event(case, folder.name in known)
    gone = [each for each in known if not places.folder(each).exists()]
    with transaction(db, durable=False):
        db.executemany("DELETE FROM events WHERE id = ?", [(each,) for each in gone])
        report.forgotten += len(gone)
    report.segments = reconcile_segments(db, places, repairs)
    return report


def _known(db: sqlite3.Connection) -> dict[str, dict[str, int] | None]:
    """The sizes of each event's files, by its id; None of one that is still open."""
    known: dict[str, dict[str, int] | None] = {
        event_id: {} if phase == "end" else None for event_id, phase in db.execute("SELECT id, phase FROM events")
    }
    for event_id, kind, size in db.execute("SELECT event_id, kind, size FROM files"):
        if (sizes := known[event_id]) is not None:
            sizes[kind] = size
    return known


def _is_settled(found: Listing, sizes: dict[str, int] | None) -> bool:
    """Whether folder and rows agree already, as nearly all do."""
    return found.sidecar and not found.unfinished and found.sizes == sizes


@dataclass(frozen=True, slots=True)
class _Case:
    """One event's folder, and where what is done about it is counted."""

    db: sqlite3.Connection
    places: Places
    report: Report
    repairs: Repairs
    id: str
    live: bool


def _reconcile_event(case: _Case, known: bool) -> None:
    folder = case.places.folder(case.id)
    found = listing(folder)
    repaired: dict[Kind, Kept] = {}
    if found.unfinished and not case.live:
        repaired = _finish(case, found)
        found = listing(folder)
    if not known and not found.sidecar:
        if not case.live:
            case.report.removed += bool(found.sizes)
            remove_files(case.places, case.id)
    elif known and not found.sidecar and not found.sizes and not case.live:
        case.report.forgotten += 1  # deleting it was cut short
        remove_empty(folder, case.places.root / "events")
        with transaction(case.db, durable=False):
            case.db.execute("DELETE FROM events WHERE id = ?", (case.id,))
    else:
        _agree(case, known, found, repaired)


def _finish(case: _Case, found: Listing) -> dict[Kind, Kept]:
    """Repair half clips, remove other temporary files."""
    repaired: dict[Kind, Kept] = {}
    folder = case.places.folder(case.id)
    for name in found.unfinished:
        is_clip = name.lstrip(".").startswith("clip.")
        if is_clip and not repaired and case.repairs.clip is not None:
            try:
                kept = case.repairs.clip(folder / name)
            except OSError as error:
                log.warning("%s: can't be repaired now, the next start tries again: %s", folder / name, error)
                break
            if kept is not None:
                repaired[kept.kind] = kept
                case.report.repaired += 1
        case.report.removed += is_clip and not repaired
        (folder / name).unlink(missing_ok=True)
    return repaired


def _agree(case: _Case, known: bool, found: Listing, repaired: dict[Kind, Kept]) -> None:
    """Make an event's row, its files' rows and its sidecar say what its folder says."""
    try:
        sidecar = None if known else read_sidecar(case.places.sidecar(case.id))
    except ValueError as error:
        log.warning("%s: left alone", error)
        return
    have = {file.kind: file for file in rows.files_of(case.db, case.places, case.id)}
    event = sidecar.event if sidecar else rows.event_of(case.db, case.id)
    best = have | _by_kind(sidecar) | repaired
    files = {kind: _file(case, event, best.get(kind), kind, size) for kind, size in found.sizes.items()}
    cut_short = event.phase != "end" and not case.live
    if known and found.sidecar and not cut_short and files == have:
        return
    stale = cut_short or not found.sidecar or sidecar is None or _by_kind(sidecar) != files
    with transaction(case.db, durable=False):
        rows.put_event(case.db, ended(event) if cut_short else event, sidecar.kept if sidecar else None)
        case.db.execute("DELETE FROM files WHERE event_id = ?", (case.id,))
        for file in files.values():
            rows.put_file(case.db, file)
        if stale:
            rewrite_sidecar(case.db, case.places, case.id)
        else:
            rows.set_sidecar(case.db, case.id, case.places.sidecar(case.id).stat().st_size)
    case.report.adopted += not known
    case.report.ended += cut_short
    case.report.corrected += known and (files != have or not found.sidecar)


def _by_kind(sidecar: Sidecar | None) -> dict[Kind, Kept]:
    return {file.kind: file for file in (sidecar.files if sidecar else ())}


def _file(case: _Case, event: Event, known: Kept | None, kind: Kind, size: int) -> Kept:
    """A file that is there, with what is known of it."""
    path = case.places.folder(case.id) / NAMES[kind]
    if known is None and kind == "clip" and case.repairs.clip is not None:
        known = case.repairs.clip(path)  # there is nothing to repair, but it tells what the clip is
    if known is not None:
        return replace(known, size=size)
    return Kept(case.id, kind, path, size, event.begin if kind == "clip" else event.best_at)


def ended(event: Event) -> Event:
    """An event that nobody ended, as it must have ended: when its object was last seen."""
    lasted = timedelta(seconds=max(0.0, event.end - event.begin))
    return replace(event, phase="end", ended=event.started + lasted)
