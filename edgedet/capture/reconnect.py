"""Keeps a live source alive: what is lost is opened again, after pauses that grow."""

from __future__ import annotations

import dataclasses
import logging
import random
import threading
import time
from collections.abc import Callable

from edgedet.capture import Source, SourceStatus
from edgedet.errors import SourceError
from edgedet.types import Frame

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.5
"""Seconds before the first attempt to open a lost source again; doubled each time, with up to a fifth of jitter so
that fifty cameras behind one switch don't all come back in the same instant."""


class Reconnecting:
    """A live source made of one connection after another. Frames are numbered through, over all of them.

    Args:
        connect: makes a fresh driver, not yet open.
        uri: what was asked for, credentials removed.
        retry_max: longest pause between attempts, in seconds.
        patient: True: a first opening that fails is tried again for ever, since a camera may start later than
            this program. False: it is an error.
    """

    live = True

    def __init__(self, connect: Callable[[], Source], uri: str, retry_max: float = 30, patient: bool = False) -> None:
        self.uri = uri
        self._connect, self._retry_max, self._patient = connect, retry_max, patient
        self._driver: Source | None = None
        self._closed = threading.Event()
        self._why = ""
        self._reconnects = self._index = self._attempts = 0
        self._start = time.monotonic()

    def open(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        try:
            self._open_driver()
        except SourceError as error:
            if not self._patient:
                raise
            self._lost(error)

    def _open_driver(self) -> None:
        driver = self._connect()
        self._driver = driver  # before it opens, so that close() reaches it
        try:
            driver.open()
        except BaseException:
            self._driver = None
            driver.close()
            raise
        if self._closed.is_set():
            driver.close()
        log.info("%s: open: %s", self.uri, driver.status().detail)

    def _lost(self, error: SourceError) -> None:
        """Say so once for each loss, and wait before the next attempt."""
        reason = str(error).removeprefix(f"{self.uri}: ")
        if reason != self._why:
            log.warning("%s: %s; trying again until it is back", self.uri, reason)
        self._why = reason
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.close()
        pause = min(FIRST_PAUSE * 2**self._attempts, self._retry_max)
        self._attempts = min(self._attempts + 1, 30)
        self._closed.wait(pause * random.uniform(0.8, 1.2))

    def read(self) -> Frame | None:
        """See :class:`edgedet.capture.Source`; a loss is waited out."""
        while not self._closed.is_set():
            try:
                if self._driver is None:
                    self._open_driver()
                    self._reconnects += 1
                    continue
                frame = self._driver.read()
            except SourceError as error:
                self._lost(error)
                continue
            if frame is None:
                return None
            self._why, self._attempts = "", 0
            index, self._index = self._index, self._index + 1
            return dataclasses.replace(frame, index=index, time=time.monotonic() - self._start, source=self.uri)
        return None

    def status(self) -> SourceStatus:
        """See :class:`edgedet.capture.Source`."""
        driver = self._driver
        if self._closed.is_set():
            return SourceStatus("closed", "", self._reconnects)
        if driver is None:
            return SourceStatus("reconnecting", self._why, self._reconnects)
        status = driver.status()
        return dataclasses.replace(status, reconnects=self._reconnects)

    def close(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        self._closed.set()
        driver = self._driver
        if driver is not None:
            driver.close()
