"""Events of the store, in pages and one by one; nothing here writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi import HTTPException

from edgedet.control import Control
from edgedet.events.places import Places
from edgedet.events.store import Query, Sidecar, StoredEvent, query, read_sidecar
from edgedet.events.store.errors import store_error

_TICK = timedelta(milliseconds=1)
"""How finely the store tells times apart."""


def root_of(control: Control) -> Path:
    """The folder events are kept in. Raises HTTPException 409, with a remedy, if there is none."""
    if control.storage is None:
        raise HTTPException(409, "storage.path: not set, so nothing is kept; set it in the settings file")
    return control.storage


def page(root: Path, wanted: Query, limit: int, before: str | None) -> tuple[list[StoredEvent], str | None]:
    """The newest events, or those before one of them.

    Args:
        root: the store's folder.
        wanted: which; its order and limit don't matter.
        limit: how many at most.
        before: the id of the last event of the page before this one; it may have been deleted meanwhile.

    Returns:
        The events, the newest first, and the id to go on with; None: there are no more.

    Raises:
        StoreError: they can't be read.
    """
    cursor = _cursor(root, before) if before else None
    if cursor is not None:
        until = cursor[0] + _TICK
        wanted = replace(wanted, until=min(until, wanted.until) if wanted.until else until)
    most = limit + 1
    while True:
        found = query(root, replace(wanted, newest_first=True, limit=most))
        left = [each for each in found if cursor is None or _place(each) < cursor]
        if len(left) > limit:
            return left[:limit], left[limit - 1].event.id
        if len(found) < most:
            return left, None
        most *= 2  # more began in the cursor's very millisecond than fit


def one(root: Path, event_id: str) -> StoredEvent:
    """An event.

    Raises:
        HTTPException: 404, there is none.
        StoreError: it can't be read.
    """
    found = query(root, Query(ids=(event_id,)))
    if not found:
        raise HTTPException(404, f"{event_id}: no such event; it may have been deleted")
    return found[0]


def sidecar_of(root: Path, event_id: str) -> Sidecar | None:
    """What an event's file remembers; None: it is missing or broken, and the next start writes it anew.

    Raises:
        StoreError: the disk fails.
    """
    try:
        return read_sidecar(Places(root).sidecar(event_id))
    except (FileNotFoundError, ValueError):
        return None
    except OSError as error:
        raise store_error(error, root) from None


def _place(stored: StoredEvent) -> tuple[datetime, str]:
    """Where an event stands in the order of the store."""
    return stored.event.started, stored.event.id


def _cursor(root: Path, event_id: str) -> tuple[datetime, str]:
    """Where an event stands, or stood: its id begins with the time."""
    found = query(root, Query(ids=(event_id,)))
    if found:
        return _place(found[0])
    try:
        began = datetime.strptime(event_id[:19] + "000", "%Y%m%d-%H%M%S.%f").replace(tzinfo=UTC)
    except ValueError:
        raise HTTPException(404, f"{event_id}: no such event; go on with the next of a page") from None
    return began, event_id
