"""The work: events of a store into a bucket, oldest first, and lines about them for the catalogue."""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from edgedet.archive.body import Content
from edgedet.archive.faults import ArchiveError
from edgedet.archive.finding import ended_ids, files_of, is_ready, stored
from edgedet.archive.ledger import Ledger
from edgedet.archive.record import SUFFIXES, done_record, record_of, stem_of
from edgedet.archive.s3 import Bucket
from edgedet.archive.seal import SUFFIX, Seal
from edgedet.archive.sender import Sender
from edgedet.event import Event
from edgedet.events.places import Places

log = logging.getLogger(__name__)

Outcome = Literal["archived", "lost", "later"]
REMEMBER = timedelta(days=400)
"""How long an event that has left the store is remembered."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is uploaded, and how.

    Attributes:
        root: the store's folder.
        what: ``clips``, ``snapshots``, ``json``.
        after: seconds since its end that an event waits.
        encrypt: ``off``, ``server`` or ``age``.
        model: the detector's name, for the catalogue.
    """

    root: Path
    what: Sequence[str]
    after: float
    encrypt: str
    model: str


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Uploader:
    """Uploads events one by one; whatever ends it, the next one goes on.

    Args:
        job: what is uploaded.
        ledger: remembers what was.
        bucket: where to.
        seal: encrypts, where the job says so.
        clock: gives the time, UTC.
    """

    def __init__(
        self,
        job: Job,
        ledger: Ledger,
        bucket: Bucket,
        seal: Seal | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.job, self.ledger = job, ledger
        self._bucket, self._seal, self._clock = bucket, seal, clock
        self._sender = Sender(bucket, ledger, seal, job.root / "archive")
        self._places = Places(job.root)
        self._told = False

    def note(self, *events: Event) -> None:
        """Take note of ended events, so that even one that is deleted at once is known to be lost."""
        rows = [(e.id, e.ended or e.started, record_of(e, self.job.model, self.job.encrypt)) for e in events]
        self.ledger.wait(rows)

    def look(self) -> None:
        """Find events that were never heard of, and forget what was archived long ago.

        Raises:
            StoreError: the store can't be read.
        """
        present = ended_ids(self.job.root)
        self.note(*(each.event for each in stored(self.job.root, self.ledger.unknown(present))))
        there = set(present)
        for event_id in self.ledger.waiting():
            if event_id not in there and not self._places.sidecar(event_id).exists():
                self._lost(event_id)
        self.ledger.prune(there, self._clock() - REMEMBER)

    def upload(self, event_id: str) -> Outcome:
        """Upload an event that waits.

        Returns:
            ``later`` if it is still being written, or has just ended.

        Raises:
            ArchiveError: the bucket didn't take it.
            OSError: a file of it can't be read.
        """
        found = stored(self.job.root, [event_id])
        if not found:
            return self._lost(event_id)
        if not is_ready(found[0], self.job.after, self._clock()):
            return "later"
        plans = []
        try:
            for kind, path in files_of(found[0], self.job.what).items():
                key = stem_of(event_id) + SUFFIXES[kind]
                plans.append(self._sender.send(event_id, kind, path, key))
        except FileNotFoundError:
            if stored(self.job.root, [event_id]):
                raise
            return self._lost(event_id)
        now = self._clock()
        self.ledger.finish(event_id, "archived", done_record(self.ledger.record(event_id), "archived", plans, now), now)
        self.ledger.note("last", now.isoformat(timespec="seconds"))
        self._told = False
        return "archived"

    def flush(self) -> None:
        """Send the lines about what is done, a file for each camera and day.

        Raises:
            ArchiveError: the bucket didn't take them; the next call sends the same again.
        """
        for number, day, camera, lines in self.ledger.batch():
            data = "".join(f"{line}\n" for line in sorted(lines)).encode()
            key = f"lines/day={day}/camera={camera}/{self.ledger.archive}-{number:06d}.jsonl"
            if self._seal is not None:
                data, key = self._seal.sealed(data), key + SUFFIX
            content = Content.of(data)
            self._bucket.put(key, content, "application/x-ndjson")
            self._bucket.check(key, content.size, hashlib.sha256(data).hexdigest(), content.checksum)
            self.ledger.batch_sent(number)

    def _lost(self, event_id: str) -> Outcome:
        now, plans = self._clock(), self.ledger.plans(event_id)
        for plan in plans:
            if plan.upload_id:
                with contextlib.suppress(ArchiveError):  # a rule of the bucket clears what we can't
                    self._bucket.abort(plan.key, plan.upload_id)
        there = [plan for plan in plans if plan.done]
        self.ledger.finish(event_id, "lost", done_record(self.ledger.record(event_id), "lost", there, now), now)
        if not self._told:
            log.warning(
                "archive: %s was deleted before it was uploaded, for want of room or by hand; should there be more, "
                "edgedet archive status counts them",
                event_id,
            )
            self._told = True
        return "lost"
