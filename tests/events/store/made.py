"""Events, files and stores to test with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edgedet.event import Event, Phase
from edgedet.events.places import NAMES, Kept, Kind, Places
from edgedet.events.store import Repairs, Store
from edgedet.events.store.database import faults, reading
from edgedet.events.store.folder import is_event_folder, listing

BEGAN = datetime(2024, 11, 20, 22, 0, tzinfo=UTC)


def event(
    number: int = 0, phase: Phase = "start", label: str = "person", camera: str = "front", **values: object
) -> Event:
    """The event that began ``number`` seconds after ten in the evening."""
    started = BEGAN + timedelta(seconds=number)
    made = Event(
        id=f"{started:%Y%m%d-%H%M%S}.123-{camera}-{number % 65536:04x}",
        camera=camera,
        label=label,
        rule=label,
        phase=phase,
        started=started,
        ended=started + timedelta(seconds=5) if phase == "end" else None,
        begin=float(number),
        end=number + 5.0,
        best_score=0.9,
        best_box=(0.1, 0.2, 0.3, 0.4),
        best_at=number + 1.0,
        track_id=number,
        zones=("porch",),
    )
    return replace(made, **values)  # type: ignore[arg-type]


def write(places: Places, of: Event, kind: Kind = "clip", size: int = 1000) -> Kept:
    """A finished file, as the recorder leaves it."""
    path = places.file(of.id, kind)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(b"x" * size)
    temporary.replace(path)
    clip = kind == "clip"
    return Kept(of.id, kind, path, size, of.begin - 3 if clip else of.best_at, 12.0 if clip else 0.0)


def keep_whole(store: Store, number: int, size: int = 1000, label: str = "person", camera: str = "front") -> Event:
    """An event from its start to its clip."""
    store.put(event(number, "start", label, camera))
    store.put(event(number, "end", label, camera), {"track": [[number, 0, 0, 1, 1, 0.9]]})
    done = event(number, "end", label, camera)
    store.kept(write(store.places, done, "clip", size))
    return done


def repair(path: Path) -> Kept | None:
    """Renames a half clip; an empty one can't be saved."""
    final = path.with_name(NAMES["clip"])
    if path.exists() and path.stat().st_size and path != final:
        path.replace(final)
    if not final.exists():
        return None
    return Kept(path.parent.name, "clip", final, final.stat().st_size, -1.5, 7.5)


REPAIRS = Repairs(clip=repair)


def assert_consistent(root: Path) -> None:
    """The database is sound, each folder has its row, each row its folder, each file both."""
    places = Places(root)
    with reading(places.database) as db:
        assert faults(db, full=True) == []
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = {row[0] for row in db.execute("SELECT id FROM events")}
        files: dict[str, dict[str, int]] = {each: {} for each in rows}
        for event_id, kind, size in db.execute("SELECT event_id, kind, size FROM files"):
            files[event_id][kind] = size
    folders = {path.name for path in places.event_folders() if is_event_folder(path)}
    assert folders == rows
    for each in rows:
        found = listing(places.folder(each))
        assert found.sidecar
        assert not found.unfinished
        assert found.sizes == files[each]
