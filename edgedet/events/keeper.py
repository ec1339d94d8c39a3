"""Sees to it that what happened is kept, recorded and told, in this order, in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Protocol

from edgedet.events.change import Change
from edgedet.events.listener import Listener
from edgedet.events.places import Kept, Segment
from edgedet.events.store import Store
from edgedet.events.store.errors import StoreError

log = logging.getLogger(__name__)

SWEEP_EVERY, SWEEP_BYTES = 60.0, 8e6
"""Seconds between two looks for what may be deleted, and bytes after which the next comes at once: much may happen in
a minute, and a small disk be full."""
RETRY_FIRST, RETRY_MOST = 1.0, 30.0
"""Seconds before a store that failed is tried again: doubled each time, up to the second."""
FILM_WITHIN = 1.0
"""Seconds a start waits for the beginning of its film before it is told all the same."""
LATE_MOST = 10_000
"""Notes held while the store is gone; more push out the oldest updates, and then the oldest of all."""

Note = Change | Kept | Segment


class Records(Protocol):
    """Records one camera's events: :class:`edgedet.events.recorder.Recorder`."""

    def event(self, change: Change) -> None:
        """Take news of an event. Never raises for what the disk does."""

    def wait_begun(self, event_id: str, seconds: float) -> bool:
        """Wait until the beginning of an event's film is safe on the disk, or there will be none for now."""


class Keeper:
    """Takes news of events from the detect thread and files from the recorders; never makes them wait.

    An event is told once it is safe on the disk, with the film of what came before it. While the store is gone it is
    told all the same, since an alarm matters more than its record; what should have been kept is held in memory and
    kept when the store is back.

    Args:
        store: where events are kept; None: they are only told.
        listeners: see :meth:`listen`.

    Attributes:
        recorders: told of the events of their cameras, by name.
        told: how many events were.
        lost: notes that there was no room to hold while the store was gone.
    """

    def __init__(self, store: Store | None, *listeners: Listener) -> None:
        self.store, self._listeners = store, list(listeners)
        self.recorders: Mapping[str, Records] = {}
        self.lost = self.told = 0
        self._notes: deque[Note] = deque()
        self._late: deque[Note] = deque()
        self._changed = threading.Condition()
        self._closed = self._busy = False
        self._retry, self._retry_at, self._sweep_at = RETRY_FIRST, 0.0, 0.0
        self._fresh = 0

    def listen(self, listener: Listener) -> None:
        """Have somebody told of each event that starts, changes or ends, in this object's thread.

        One that fails is logged, and told of the next.
        """
        self._listeners.append(listener)

    @property
    def late(self) -> int:
        """Notes that wait for the store to come back."""
        return len(self._late)

    def put(self, *notes: Note) -> None:
        """Take news or finished files; from any thread, without waiting."""
        if notes:
            with self._changed:
                self._notes.extend(notes)
                self._busy = True
                self._changed.notify_all()

    def run(self) -> None:
        """Keep, record and tell until closed and nothing is left; what the store won't take by then is lost."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._notes or self._closed, self._pause())
                note = self._notes.popleft() if self._notes else None
                if note is None and self._closed:
                    break
            if note is not None:
                self._take(note)
            self._tend()
            with self._changed:
                self._busy = bool(self._notes)
                self._changed.notify_all()
        self._retry_late()
        if self._late:
            log.error("%d notes of events could not be kept: the storage is still gone", len(self._late))
        if self.store is not None:
            self.store.close()

    def settle(self, seconds: float) -> None:
        """Wait until all that was put so far is taken, up to so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not self._busy, seconds)

    def close(self) -> None:
        """Take what is there, then end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _pause(self) -> float:
        return max(0.05, (min(self._sweep_at, self._retry_at) if self._late else self._sweep_at) - time.monotonic())

    def _take(self, note: Note) -> None:
        if self.store is not None:
            self._hold(note)
            if len(self._late) == 1 or time.monotonic() >= self._retry_at:
                self._retry_late()
        if isinstance(note, Change):
            recorder = self.recorders.get(note.event.camera)
            if recorder is not None:
                recorder.event(note)
                if note.event.phase == "start":
                    recorder.wait_begun(note.event.id, FILM_WITHIN)
            self.told += note.event.phase == "start"
            self._tell(note)

    def _tell(self, change: Change) -> None:
        for listener in self._listeners:
            try:
                listener.hear(change)
            except Exception as error:  # what one can't pass on, the others still may
                log.error("%s: event %s: %s", type(listener).__name__, change.event.id, error)
                log.debug("where that was:", exc_info=error)

    def _hold(self, note: Note) -> None:
        self._late.append(note)
        if len(self._late) > LATE_MOST:
            updates = (i for i, n in enumerate(self._late) if isinstance(n, Change) and n.event.phase == "update")
            del self._late[next(updates, 0)]
            self.lost += 1

    def _retry_late(self) -> None:
        """Keep what waits, oldest first, until the store fails."""
        waited = len(self._late) > 1
        while self._late:
            try:
                self._keep(self._late[0])
            except StoreError as error:
                self._fail(error)
                return
            self._late.popleft()
        if waited or self._retry > RETRY_FIRST:
            log.info("the storage works again; everything that waited is kept")
        self._retry, self._retry_at = RETRY_FIRST, 0.0

    def _keep(self, note: Note) -> None:
        assert self.store is not None
        if isinstance(note, Change):
            self.store.put(note)
        elif isinstance(note, Kept):
            self.store.kept(note)
        else:
            self.store.segment(note)
        if not isinstance(note, Change):
            self._fresh += note.size

    def _fail(self, error: StoreError) -> None:
        if self._retry == RETRY_FIRST:
            log.error("%s; detection goes on, events are held in memory until it is back", error)
        self._retry_at = time.monotonic() + self._retry
        self._retry = min(self._retry * 2, RETRY_MOST)

    def _tend(self) -> None:
        """Now and then: what waits, and what may be deleted."""
        now = time.monotonic()
        if self.store is None:
            self._sweep_at = now + SWEEP_EVERY
            return
        if self._late and now >= self._retry_at:
            self._retry_late()
        if (now >= self._sweep_at or self._fresh >= SWEEP_BYTES) and not self._late:
            self._sweep_at, self._fresh = now + SWEEP_EVERY, 0
            try:
                if self.store.sweep().more:
                    self._sweep_at = now
            except StoreError as error:
                self._fail(error)
