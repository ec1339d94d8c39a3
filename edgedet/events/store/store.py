"""The one writer of events: what it has returned from is safe on the disk."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edgedet.config.retention import RetentionConfig
from edgedet.event import Event
from edgedet.events.change import Change
from edgedet.events.places import Kept, Level, Places, Segment
from edgedet.events.store import rows
from edgedet.events.store.budget import CLIP_WRITES, ROW_BYTES, Ledger, level_for
from edgedet.events.store.disk import total_bytes
from edgedet.events.store.errors import StoreFull
from edgedet.events.store.jumps import Jumps
from edgedet.events.store.paired import put_sidecar, rewrite_sidecar
from edgedet.events.store.report import Repairs, Report
from edgedet.events.store.retention import Hold, free_wanted
from edgedet.events.store.session import Session
from edgedet.events.store.sweep import Swept, sweep

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Store:
    """Keeps events, their files and continuous recording under one folder, as its only writer.

    Nothing is touched before the first call. After a :class:`StoreError` every later call tries again, and opens the
    store anew where the disk has come back. Threads may share it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store:
    ...     store.level()
    <Level.ALL: 0>

    Args:
        root: the folder. It is made if the one above it is there; and not again, once its disk has gone.
        retention: how long things are kept; :attr:`retention` may be set to another at any time.
        repairs: who finishes what was left half written; None: nobody, and it is removed.
        clock: gives the time, UTC.
        hold: knows what isn't copied elsewhere yet; None: nothing is.
    """

    def __init__(
        self,
        root: Path,
        retention: RetentionConfig | None = None,
        repairs: Repairs | None = None,
        clock: Callable[[], datetime] = utc_now,
        hold: Hold | None = None,
    ) -> None:
        self.places = Places(root)
        self.retention = retention or RetentionConfig()
        self._session = Session(self.places, repairs or Repairs())
        self._clock, self._hold = clock, hold
        self._ledger = Ledger()
        self._jumps = Jumps(clock)

    def __enter__(self) -> Store:
        self.open()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def open(self) -> Report:
        """Open the store now, and put in order what the last end left; does nothing if it is open.

        Returns:
            What was put in order.

        Raises:
            StoreError: the folder is missing, can't be written, or another process records into it.
        """
        with self._turn() as report:
            return report or Report()

    def put(self, change: Change | Event, record: Mapping[str, Any] | None = None) -> None:
        """Keep an event that started, changed or ended. A start or an end is on the disk when this returns.

        Flushes: four at a start (one more with the first of a day), three at an end, none in between.

        Args:
            change: the event, or news of it.
            record: what its file remembers, if ``change`` is the event alone.

        Raises:
            StoreError: it can't be kept now.
        """
        event = change.event if isinstance(change, Change) else change
        remembered = change.record if isinstance(change, Change) else record or {}
        self._session.touch(event.id)

        def work(db: sqlite3.Connection) -> int:
            lasting = event.phase != "update" or not rows.is_there(db, event.id)  # its start may have failed
            rows.put_event(db, event)
            return put_sidecar(db, self.places, event, remembered) if lasting else 0

        self._write(work, durable=event.phase != "update")

    def kept(self, file: Kept) -> None:
        """Take note of a finished file of an event.

        Flushes: two for a clip, none for a picture.

        Raises:
            StoreError: it can't be noted now; the next start finds the file by itself.
        """

        def work(db: sqlite3.Connection) -> int:
            if not rows.is_there(db, file.event_id):
                return 0  # deleted meanwhile, by hand
            rows.put_file(db, file)
            if file.kind != "clip":
                return file.size
            return CLIP_WRITES * file.size + rewrite_sidecar(db, self.places, file.event_id)  # begin stands there alone

        self._write(work, durable=False)

    def segment(self, segment: Segment) -> None:
        """Take note of a finished piece of continuous recording.

        Raises:
            StoreError: it can't be noted now; the next start finds the file by itself.
        """

        def work(db: sqlite3.Connection) -> int:
            rows.put_segment(db, self.places, segment)
            return segment.size

        self._write(work, durable=False)

    def sweep(self, now: datetime | None = None, most: int = 200) -> Swept:
        """Delete what has been kept long enough, and what must go to make room.

        Args:
            now: UTC time; None: now.
            most: events and segments deleted in one call, which bounds how long it takes.

        Returns:
            What went; :attr:`Swept.more` says to call again soon.

        Raises:
            StoreError: the disk is gone or fails.
        """
        self._jumps.look()
        with self._turn(), self._session.writing(durable=False) as db:
            return sweep(db, self.places, self.retention, now or self._clock(), most, self._jumps.true, self._hold)

    def level(self) -> Level:
        """How much may be written just now, by today's share of ``write_gb_per_day``. Waits for no disk."""
        return level_for(self._ledger.on(self._clock().date()), self.retention.write_gb_per_day * 1e9)

    def close(self) -> None:
        """Let go of the store; a later call opens it again."""
        self._session.close()

    def _write(self, work: Callable[[sqlite3.Connection], int], durable: bool) -> None:
        """Do something that writes so many bytes; where there is no room, make some and try once more."""

        def once() -> None:
            with self._turn(), self._session.writing(durable) as db:
                self._ledger.add(db, self._clock().date(), work(db) + ROW_BYTES)

        try:
            once()
        except StoreFull:
            self.sweep()
            once()

    @contextlib.contextmanager
    def _turn(self) -> Iterator[Report | None]:
        with self._session.turn() as report:
            if report is not None:
                self._opened()
            yield report

    def _opened(self) -> None:
        with self._session.writing(durable=False) as db:
            self._ledger.load(db, self._clock().date())
        wanted, total = self.retention.min_free_mb * 1e6, total_bytes(self.places.root)
        left = free_wanted(wanted, total)
        if left < wanted:
            log.warning(
                "retention.min_free_mb: %g, but the disk of %s holds %.0f MB in all; %.0f MB are left free",
                *(self.retention.min_free_mb, self.places.root, total / 1e6, left / 1e6),
            )
