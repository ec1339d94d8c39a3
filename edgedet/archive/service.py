"""The archive as a service beside the pipeline: hears of ended events, and uploads them in a thread of its own."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from contextlib import closing
from typing import Any

from edgedet.archive.access import bucket_of
from edgedet.archive.job import job_of, seal_of
from edgedet.archive.ledger import Ledger
from edgedet.archive.lock import only_one
from edgedet.archive.s3 import Bucket
from edgedet.archive.uploader import Uploader
from edgedet.archive.worker import Progress, Worker
from edgedet.config import Config
from edgedet.events.change import Change

log = logging.getLogger(__name__)

_END_S = 1.0


class ArchiveService:
    """A Service and a Listener. Hearing costs one small write; all else is the worker's.

    Args:
        config: the settings; ``archive.bucket`` and ``storage.path`` are set.
    """

    name = "archive"

    def __init__(self, config: Config) -> None:
        assert config.storage.path is not None
        self._config, self._root = config, config.storage.path
        self._stop, self._wake = threading.Event(), threading.Event()
        self._uploader: Uploader | None = None
        self._bucket: Bucket | None = None
        self._progress = Progress()
        self._failed: Exception | None = None

    def open(self) -> None:
        """Read key and secret.

        Raises:
            ConfigError: they can't be read.
        """
        self._stop.clear()
        self._failed = None
        self._bucket = bucket_of(self._config.archive, self._stop)
        seal_of(self._config.archive)
        plain = self._config.archive.endpoint.startswith("http:") and self._config.archive.encrypt != "age"
        if plain and "//127.0.0.1" not in self._config.archive.endpoint:
            log.warning("archive.endpoint: without https and without age, everybody on the way can see what is sent")

    def run(self) -> None:
        """Upload until closed. A worker that waits for an answer then is left: the next start goes on."""
        thread = threading.Thread(target=self._work, name="archive-upload", daemon=True)
        thread.start()
        while thread.is_alive() and not self._stop.wait(0.5):
            pass
        thread.join(_END_S)
        if self._failed is not None:
            raise self._failed

    def hear(self, change: Change) -> None:
        """Take note of an ended event."""
        uploader = self._uploader
        if change.event.phase == "end" and uploader is not None:
            with contextlib.suppress(sqlite3.Error):  # closed meanwhile: the next look finds it in the store
                uploader.note(change.event)
            self._wake.set()

    def close(self) -> None:
        """Send nothing more."""
        self._stop.set()
        self._wake.set()

    def report(self) -> dict[str, Any]:
        """Events archived and lost since the start, those that wait, and what is wrong, if something is."""
        uploader, progress = self._uploader, self._progress
        try:
            waiting = uploader.ledger.counts().get("waiting", 0) if uploader is not None else 0
        except sqlite3.Error:  # closed meanwhile, or its disk is gone: the worker says so
            waiting = 0
        said = {"sent": progress.archived, "waiting": waiting, "lost": progress.lost}
        return {**said, "connected": uploader is not None and not progress.trouble, "trouble": progress.trouble}

    def _work(self) -> None:
        assert self._bucket is not None
        try:
            with only_one(self._root), closing(Ledger(self._root)) as ledger:
                uploader = Uploader(job_of(self._config), ledger, self._bucket, seal_of(self._config.archive))
                self._uploader = uploader
                Worker(uploader, self._stop, self._wake, progress=self._progress).run()
        except Exception as error:
            self._failed = error
        finally:
            self._uploader = None
