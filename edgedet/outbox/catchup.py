"""News that the crash took: safe in the event store, but not yet in the outbox."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from edgedet.event import Event
from edgedet.events.store import Query, StoredEvent, query
from edgedet.outbox.outbox import Outbox


def catch_up(
    outbox: Outbox,
    sinks: Sequence[str],
    root: Path,
    since: datetime,
    wanted: Callable[[Event], bool] | None = None,
) -> int:
    """Put the starts and ends of stored events that aren't in the outbox, in the order they happened.

    The message is :meth:`edgedet.event.Event.to_dict`, its key ``EVENT_ID/start`` or ``EVENT_ID/end``, the picture
    the event's snapshot. Call it once the store is open, which ends the events that a crash left unfinished, and
    before new ones come.

    Args:
        outbox: where they go.
        sinks: for whom.
        root: the folder events are kept in.
        since: events that lasted into this time, UTC. Take :meth:`edgedet.outbox.Outbox.newest`, less a minute.
        wanted: asked about each start and end in turn, whether it is in the outbox or not;
            None: all are.

    Returns:
        How many messages were put.

    Raises:
        StoreError: the events can't be read.
    """
    told = [news for stored in query(root, Query(since=since)) for news in _news(stored)]
    told.sort(key=lambda news: (news[0].ended or news[0].started, news[0].id))
    count = 0
    for event, stored in told:
        if wanted is None or wanted(event):
            key = f"{event.id}/{event.phase}"
            for sink in sinks:
                if not outbox.knows(sink, key):
                    count += outbox.put(sink, key, event.to_dict(), _picture(stored))
    return count


def _news(stored: StoredEvent) -> Iterator[tuple[Event, StoredEvent]]:
    yield replace(stored.event, phase="start", ended=None), stored
    if stored.event.phase == "end":
        yield stored.event, stored


def _picture(stored: StoredEvent) -> bytes | None:
    snapshot = stored.file("snapshot")
    with contextlib.suppress(OSError):  # swept meanwhile: the message goes without
        return snapshot.path.read_bytes() if snapshot else None
    return None
