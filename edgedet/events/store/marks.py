"""What a person decides about single events, while the camera runs or not."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from edgedet.events.places import Places
from edgedet.events.store.database import check_readable, connect, transaction
from edgedet.events.store.errors import StoreError, store_error
from edgedet.events.store.folder import is_being_written, listing, remove_files
from edgedet.events.store.paired import rewrite_sidecar


def keep(root: Path, event_ids: Sequence[str], kept: bool = True) -> None:
    """Mark events to be kept, or take the mark away. Ids that aren't there are passed over.

    Args:
        root: the store's folder.
        event_ids: which.
        kept: whether they never get too old, and are the last to go when room is needed.

    Raises:
        StoreError: it can't be written; those before the one that failed are marked.
    """
    places = Places(root)
    with _writing(places) as db:
        for event_id in event_ids:
            with transaction(db):
                done = db.execute("UPDATE events SET kept = ? WHERE id = ? AND kept != ?", (kept, event_id, kept))
                if done.rowcount:
                    rewrite_sidecar(db, places, event_id)


def delete(root: Path, event_ids: Sequence[str]) -> None:
    """Delete events with all their files. Ids that aren't there are passed over.

    Args:
        root: the store's folder.
        event_ids: which.

    Raises:
        StoreError: one is still going on or its clip is being written, or the disk can't be written; those before
            it are gone.
    """
    places = Places(root)
    with _writing(places) as db:
        for event_id in event_ids:
            with transaction(db):
                row = db.execute("SELECT phase FROM events WHERE id = ?", (event_id,)).fetchone()
                if row is None:
                    continue
                if row[0] != "end" or is_being_written(listing(places.folder(event_id))):
                    raise StoreError(f"{event_id}: still being recorded; delete it when it has ended")
                remove_files(places, event_id)
                db.execute("DELETE FROM events WHERE id = ?", (event_id,))


@contextlib.contextmanager
def _writing(places: Places) -> Iterator[sqlite3.Connection]:
    """A connection for short transactions beside the recording process; makes no database where there is none."""
    if not places.database.is_file():
        raise StoreError(f"{places.root}: no events are kept here; give the folder that storage.path names")
    try:
        with contextlib.closing(connect(places.database)) as db:
            check_readable(db, places.database)
            yield db
    except (OSError, sqlite3.Error) as error:
        raise store_error(error, places.root) from None
