"""Uploads as long as there is something, and leaves a bucket that fails alone for a while."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from edgedet.archive.body import Stopped
from edgedet.archive.faults import ArchiveError, Refused, Unavailable
from edgedet.archive.pause import Pause
from edgedet.archive.uploader import Uploader

log = logging.getLogger(__name__)

LOOK_S = 300.0
"""Seconds between looks at the whole store, for what was missed."""
FLUSH_S = 300.0
"""Seconds between lines for the catalogue, at least: each is a request and a small file."""
IDLE_S = 5.0
_AT_ONCE = 50


@dataclass(slots=True)
class Progress:
    """How it goes, since the start.

    Attributes:
        archived, lost: events.
        trouble: why the last request failed; empty: it didn't.
    """

    archived: int = 0
    lost: int = 0
    trouble: str = ""


@dataclass(slots=True)
class Worker:
    """Works through what waits, oldest first.

    Attributes:
        uploader: does the work.
        stop: ends it.
        wake: something has changed.
        pause: between tries of a bucket that fails.
        progress: how it goes.
        tell: is told of every failed try, and the seconds until the next.
    """

    uploader: Uploader
    stop: threading.Event
    wake: threading.Event = field(default_factory=threading.Event)
    pause: Pause = field(default_factory=Pause)
    progress: Progress = field(default_factory=Progress)
    tell: Callable[[ArchiveError, float], None] = lambda _error, _seconds: None
    _put_off: dict[str, tuple[float, Pause]] = field(default_factory=dict)

    def run(self) -> None:
        """Work until ``stop`` is set, and ``wake`` with it.

        Raises:
            OSError, sqlite3.Error: the store can't be read, or the ledger not be written.
        """
        look_at = flush_at = 0.0
        while not self.stop.is_set():
            if time.monotonic() >= look_at:
                self.uploader.look()
                look_at = time.monotonic() + LOOK_S
            try:
                self._round()
                if time.monotonic() >= flush_at:
                    self.uploader.flush()
                    flush_at = time.monotonic() + FLUSH_S
                self._works()
            except Stopped:
                return
            except ArchiveError as error:
                self._failed(error)
                continue
            self.wake.wait(IDLE_S if self.uploader.ledger.waiting(1) else LOOK_S)
            self.wake.clear()

    def drain(self, patient: bool = True) -> None:
        """Work until nothing is left that could be uploaded now.

        Args:
            patient: wait and try again where the bucket is busy or out of reach.

        Raises:
            ArchiveError: it is refused; or, not patient, it doesn't work just now.
            Stopped: somebody set ``stop``.
        """
        self.uploader.look()
        while True:
            try:
                self._round()
                self.uploader.flush()
                self._works()
            except ArchiveError as error:
                if isinstance(error, Refused) or not patient:
                    self.uploader.ledger.note("trouble", str(error))
                    raise
                self._failed(error)
                if self.stop.is_set():
                    raise Stopped from None
            else:
                return

    def _round(self) -> None:
        """Upload what waits and is ready, until none of it is."""
        tried: set[str] = set()
        while fresh := [each for each in self.uploader.ledger.waiting(len(tried) + _AT_ONCE) if each not in tried]:
            for event_id in fresh:
                if self.stop.is_set():
                    raise Stopped
                tried.add(event_id)
                self._one(event_id)

    def _one(self, event_id: str) -> None:
        until, pause = self._put_off.get(event_id, (0.0, Pause(first=IDLE_S)))
        if time.monotonic() < until:
            return
        try:
            outcome = self.uploader.upload(event_id)
        except ArchiveError:
            raise
        except OSError as error:  # of this one event's files: the others needn't wait for it
            seconds = pause.next()
            self._put_off[event_id] = (time.monotonic() + seconds, pause)
            log.warning("archive: %s: can't be read (%s); tried again in %.0f s", event_id, error, seconds)
            return
        self._put_off.pop(event_id, None)
        self.progress.archived += outcome == "archived"
        self.progress.lost += outcome == "lost"
        if outcome == "archived":
            self._works()

    def _failed(self, error: ArchiveError) -> None:
        seconds = self.pause.next(error.wait if isinstance(error, Unavailable) else 0.0)
        news = isinstance(error, Refused) and str(error) != self.progress.trouble
        if news or not self.progress.trouble:
            log.warning("%s; what waits is kept, and tried again", error)
        self.progress.trouble = str(error)
        self.uploader.ledger.note("trouble", str(error))
        self.tell(error, seconds)
        self.stop.wait(seconds)

    def _works(self) -> None:
        self.pause.clear()
        if self.progress.trouble:
            log.info("archive: the bucket takes uploads again")
            self.progress.trouble = ""
        if self.uploader.ledger.note("trouble"):
            self.uploader.ledger.note("trouble", "")
