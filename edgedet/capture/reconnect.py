"""A live source that outlives its connections: what is lost is opened again, after pauses that grow."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from edgedet.capture import SourceStatus
from edgedet.capture.receiver import Driver, Lost, Receiver, Shot
from edgedet.capture.tap import Relay, Tap
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.types import Frame

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.5
"""Seconds before the first attempt to open again: doubled each time, up to ``retry_max``, and shortened by up to a
half at random, so that fifty cameras behind one switch don't come back in the same instant."""

STEADY = 10.0
"""A connection that stood this many seconds was a good one: after it the pauses start from the first again."""


class Reconnecting:
    """A live source made of one connection after another; its frames are counted through all of them.

    Args:
        uri: what was asked for, credentials removed.
        connect: makes a driver, not yet open, for one connection.
        config: its timeouts and longest pause.
        patient: a first opening that fails is tried again for ever, since a camera may start later than this
            program; otherwise it is an error.
        live: False: every frame counts, so that a loss can't be made good by opening again and is an error.
        relay: where the drivers leave their packets, if they have any worth keeping.
    """

    def __init__(
        self,
        uri: str,
        connect: Callable[[], Driver],
        config: SourceConfig,
        patient: bool = False,
        live: bool = True,
        relay: Relay | None = None,
    ) -> None:
        self.uri, self.live = uri, live
        self._name = uri.removesuffix(":")
        self._connect, self._config, self._patient = connect, config, patient
        self._relay = relay
        self._status = SourceStatus("opening", since=time.monotonic())
        self._granted = ""
        self._receiver: Receiver | None = None
        self._closed, self._lock = threading.Event(), threading.Lock()
        self._start = time.monotonic()
        self._zero = 0.0 if live else self._start  # a live source's clock goes on when it is made anew
        self._stands_since = self._lost_since = self._closed_since = 0.0
        self._attempts = self._reconnects = self._counted = 0
        self._pause = 0.0

    def packets(self, tap: Tap) -> bool:
        """Hand the encoded packets to ``tap`` as they come, from the next connection on; False if there are none."""
        if self._relay is None:
            return False
        self._relay.tap, self._relay.start = tap, self._zero
        return True

    def open(self) -> None:
        """Connect for the first time. Raises SourceError if that fails and waiting makes no sense."""
        try:
            self._open_receiver()
        except Lost as error:
            if not (self._patient and self.live):
                raise self._named(error) from None
            self._lose(error)
        except SourceError as error:
            raise self._named(error) from None

    def read(self) -> Frame | None:
        """The newest frame, waiting through losses; None at a regular end or once closed."""
        while not self._closed.is_set():
            receiver = self._receiver
            try:
                if receiver is None:
                    if not self._closed.wait(self._pause):
                        self._open_receiver()
                    continue
                item = receiver.read(self._config.stall_timeout)
                if item is None:
                    self._say("ended", self._status.detail)
                    return None
                self._heal()
                frame = self._frame(*item)
            except Lost as error:
                if not self.live:
                    raise self._named(error) from None
                self._lose(error)
            except SourceError as error:
                raise self._named(error) from None
            else:
                if frame is not None:
                    return frame
        return None

    def _open_receiver(self) -> None:
        receiver = Receiver(self._connect(), lossless=not self.live)
        with self._lock:
            if self._closed.is_set():
                return
            self._receiver = receiver
        granted = receiver.open(self._config.open_timeout)
        if granted is None:
            return
        self._granted, self._stands_since = granted, time.monotonic()
        if self._status.state != "reconnecting":
            log.info("%s: open: %s", self._name, granted)
            self._say("open", granted)

    def _heal(self) -> None:
        """A frame came: only that shows that opening again has helped, not that it could be opened."""
        if self._status.state == "reconnecting":
            self._stands_since = time.monotonic()
            gone = self._stands_since - self._lost_since
            log.info("%s: open again after %.1f s: %s", self._name, gone, self._granted)
            self._reconnects += 1
            self._say("open", self._granted)

    def _say(self, state: str, detail: str) -> None:
        self._status = SourceStatus(state, detail, self._reconnects, time.monotonic())

    def _lose(self, error: Lost) -> None:
        """Let go of the connection and choose the pause before the next one; one line for each change."""
        now, was_open = time.monotonic(), self._status.state != "reconnecting"
        if was_open:
            self._lost_since = now
            self._attempts = 0 if now - self._stands_since >= STEADY else self._attempts
        reason = str(error)
        if was_open or reason != self._status.detail:
            log.warning("%s: %s; trying again until it is back", self._name, reason)
        if self._receiver is not None:
            self._receiver.close()
            self._counted += self._receiver.count
            self._receiver = None
        most = self._config.retry_max
        longest = most if error.slowly else min(most, FIRST_PAUSE * 2 ** min(self._attempts, 20))
        self._pause = longest * random.uniform(0.5, 1)
        self._attempts += 1
        self._status = SourceStatus("reconnecting", reason, self._reconnects, self._lost_since)

    def _frame(self, number: int, shot: Shot) -> Frame | None:
        image = shot.picture()
        if image is None:
            return None
        wall = datetime.now(UTC) - timedelta(seconds=time.monotonic() - shot.taken)
        since, elapsed = shot.taken - self._start, shot.taken - self._zero
        return Frame(image, self._counted + number, since, elapsed, shot.taken, wall, self.uri, shot.small, shot.found)

    def _named(self, error: SourceError) -> SourceError:
        return SourceError(f"{self._name}: {error}")

    def status(self) -> SourceStatus:
        """What it is doing now; while reconnecting, why."""
        status = self._status
        return replace(status, state="closed", since=self._closed_since) if self._closed.is_set() else status

    def close(self) -> None:
        """Let go of the connection; a waiting :meth:`read` or :meth:`open` returns at once."""
        with self._lock:
            if not self._closed.is_set():
                self._closed_since = time.monotonic()
            self._closed.set()
            receiver = self._receiver
        if receiver is not None:
            receiver.close()
