"""An open store, and opening it again when its disk comes back."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from edgedet.events.places import Places
from edgedet.events.store.database import transaction
from edgedet.events.store.disk import device_of
from edgedet.events.store.errors import StoreDamaged, StoreError, StoreFull, store_error
from edgedet.events.store.opening import Opened, open_store
from edgedet.events.store.reconcile import reconcile
from edgedet.events.store.report import Repairs, Report

log = logging.getLogger(__name__)

_RECENT = 64


class Session:
    """The writer's connection; after a fault every later use opens it anew. Threads take turns.

    Args:
        places: where the store is.
        repairs: how half written files are finished.
    """

    def __init__(self, places: Places, repairs: Repairs) -> None:
        self._places = places
        self._repairs = repairs
        self._turn = threading.RLock()
        self._opened: Opened | None = None
        self._id: str | None = None
        self._recent: deque[str] = deque(maxlen=_RECENT)
        self._attempts = 0
        self._begun = time.time()

    def touch(self, event_id: str) -> None:
        """Say that an event belongs to this very process: opening the store late leaves its half files alone."""
        with self._turn:
            if event_id not in self._recent:
                self._recent.append(event_id)

    @contextlib.contextmanager
    def turn(self) -> Iterator[Report | None]:
        """This thread's turn, with the store open; what was put in order if it had to be opened.

        Raises:
            StoreError: whatever went wrong in the turn or with opening.
        """
        with self._turn:
            try:
                yield self._open()
            except (OSError, sqlite3.Error) as error:
                known = store_error(error, self._places.root)
                if isinstance(known, StoreDamaged):
                    log.warning("%s", known)
                if not isinstance(known, StoreFull):
                    self.close()  # opening it again may cure it
                raise known from None

    @contextlib.contextmanager
    def writing(self, durable: bool) -> Iterator[sqlite3.Connection]:
        """A transaction in this thread's turn; see :func:`edgedet.events.store.database.transaction`."""
        assert self._opened is not None
        if device_of(self._places.root) != self._opened.device:
            raise StoreError(f"{self._places.root}: the disk is gone; plug it in again")
        with transaction(self._opened.db, durable):
            yield self._opened.db

    def close(self) -> None:
        """Let go of the store."""
        with self._turn:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _open(self) -> Report | None:
        if self._opened is not None:
            return None
        self._attempts += 1
        opened = open_store(self._places, self._id)
        try:
            report = reconcile(opened.db, self._places, self._repairs, self._is_live)
        except BaseException:
            opened.close()
            raise
        self._opened, self._id = opened, opened.id
        if report:
            log.info("%s: put in order: %s", self._places.root, report)
        return report

    def _is_live(self, folder: Path) -> bool:
        """Whether an event's unfinished files may be this very process's; in doubt they are: the next start sees.

        At the first opening nothing is, but what was just put. Where the disk came late, recorders may have been
        quicker. Where it was here before, everything that is left over was put in order then.
        """
        if self._id is not None or folder.name in self._recent:
            return True
        if self._attempts == 1:
            return False
        return any(path.lstat().st_mtime >= self._begun for path in (folder, *folder.iterdir()))
