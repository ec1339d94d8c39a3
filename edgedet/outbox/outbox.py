"""The queue as its users see it: messages are put by one thread and taken by others."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from edgedet.outbox.fallback import Messages
from edgedet.outbox.item import Item

log = logging.getLogger(__name__)


class _Held(NamedTuple):
    """The oldest message of a sink, put off."""

    key: str
    until: float
    tries: int


class Outbox:
    """Messages on the disk, in a queue for each sink; from any thread.

    While the disk takes nothing (it is full, read-only or gone) messages wait in memory, which is logged once, and
    are written when it does again.

    >>> import tempfile
    >>> outbox = Outbox(Path(tempfile.mkdtemp()) / "outbox.db")
    >>> outbox.put("push", "7f3a/start", {"label": "cat"}), outbox.put("push", "7f3a/start", {"label": "cat"})
    (True, False)
    >>> item = outbox.next("push")
    >>> item.message
    {'label': 'cat'}
    >>> outbox.done(item)
    >>> outbox.next("push") is None
    True

    Args:
        path: its file, mode 0600; made, with its folder, where there is none. One process at a time.
        most: messages that may wait, of all sinks together; one more, and the oldest is dropped.

    Raises:
        OutputError: another process has the file open.
    """

    def __init__(self, path: Path, most: int = 10_000) -> None:
        self._most = most
        self._messages = Messages(path)
        self._changed = threading.Condition()
        self._held: dict[str, _Held] = {}
        self._woken, self._seen = 0, Counter[str]()
        self._dropped = Counter[str]()

    def put(self, sink: str, key: str, message: Mapping[str, Any], picture: bytes | None = None) -> bool:
        """Add a message; it is on the disk when this returns.

        Args:
            sink: who it is for.
            key: what it is, unique for the sink.
            message: anything JSON can hold.
            picture: what goes with it, such as a JPEG.

        Returns:
            False if it was put before, and perhaps sent long ago: keys are remembered for 30 days.
        """
        body = json.dumps(dict(message))
        with self._changed:
            if not self._messages.put(sink, key, body, picture):
                return False
            if self._messages.waiting.total() > self._most and (oldest := self._messages.oldest(None)):
                self._drop(oldest, f"more than {self._most} messages wait")
            self._changed.notify_all()
            return True

    def next(self, sink: str) -> Item | None:
        """The oldest message that isn't done, once its time has come; it stays in the queue."""
        with self._changed:
            held = self._held.get(sink)
            if held is not None and time.monotonic() < held.until:
                return None
            item = self._messages.oldest(sink) if self._messages.waiting[sink] else None
            return replace(item, tries=held.tries) if item and held and held.key == item.key else item

    def done(self, item: Item) -> None:
        """Take a message out for good; that is on the disk when this returns."""
        with self._changed:
            self._finish(item)

    def drop(self, item: Item, why: str) -> None:
        """Give a message up: it is taken out, counted and logged.

        Args:
            item: the message.
            why: for the log, such as ``no answer for 24 h``.
        """
        with self._changed:
            self._drop(item, why)

    def later(self, item: Item, seconds: float) -> None:
        """Put a message off, and with it all that wait behind it. After a restart it is tried at once.

        Args:
            item: the message, as :meth:`next` gave it.
            seconds: from now.
        """
        with self._changed:
            self._held[item.sink] = _Held(item.key, time.monotonic() + seconds, item.tries + 1)
            self._changed.notify_all()

    def wait(self, sink: str, seconds: float) -> bool:
        """Wait until :meth:`next` has something, somebody called :meth:`wake`, or time is up.

        Args:
            sink: whose messages.
            seconds: how long at most.

        Returns:
            Whether there is something.
        """
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                self._messages.look_after()
                now = time.monotonic()
                held = self._held.get(sink)
                waits = self._messages.waiting[sink] > 0
                ready = waits and (held is None or held.until <= now)
                if ready or self._seen[sink] != self._woken or now >= end:
                    self._seen[sink] = self._woken
                    return ready
                self._changed.wait(min(held.until if held and waits else end, end) - now)

    def wake(self) -> None:
        """End every :meth:`wait`: the one that each sink is in, else its next."""
        with self._changed:
            self._woken += 1
            self._changed.notify_all()

    def waiting(self, sink: str) -> int:
        """How many messages of a sink aren't done."""
        with self._changed:
            return self._messages.waiting[sink]

    def knows(self, sink: str, key: str) -> bool:
        """Whether a message with this key was put before, and is perhaps done."""
        with self._changed:
            return self._messages.knows(sink, key)

    def newest(self) -> datetime | None:
        """When the last message of all was put, UTC; None: never."""
        with self._changed:
            return self._messages.newest()

    def report(self) -> dict[str, Any]:
        """What waits and what was given up since the start, by sink, and whether the disk takes messages."""
        with self._changed:
            messages = self._messages
            return {"waiting": dict(+messages.waiting), "dropped": dict(self._dropped), "on_disk": messages.on_disk}

    def close(self) -> None:
        """Let go of the file. What is put or done after this isn't kept."""
        with self._changed:
            self._messages.close()
            self._woken += 1
            self._changed.notify_all()

    def _drop(self, item: Item, why: str) -> None:
        log.warning("%s: message %s is given up: %s", item.sink, item.key, why)
        self._dropped[item.sink] += 1
        self._finish(item)

    def _finish(self, item: Item) -> None:
        self._messages.finish(item.sink, item.key)
        if (held := self._held.get(item.sink)) is not None and held.key == item.key:
            del self._held[item.sink]
        self._changed.notify_all()
