"""The outbox's file, and memory for as long as the disk takes nothing."""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from edgedet.events.store.errors import store_error
from edgedet.outbox.file import MessageFile
from edgedet.outbox.item import Item
from edgedet.outbox.opening import damaged
from edgedet.outbox.unwritten import MOST, Unwritten

log = logging.getLogger(__name__)

T = TypeVar("T")

RETRY_S = 30.0
"""How long after it failed the disk is tried again."""
_PRUNE_EVERY = 1000


class Messages:
    """Messages on the disk if that can be, else in memory. Threads must take turns.

    The first failure is logged; the disk is tried again every 30 seconds, and given what waits in memory.

    Args:
        path: the file.

    Raises:
        StoreError: another process has the file open.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unwritten = Unwritten()
        self._failed_at: float | None = None
        self._retry = True
        self._puts = 0
        self._file: MessageFile | None = None
        self.waiting = Counter[str]()
        try:
            self._file = MessageFile(path)
            self.waiting.update(self._file.waiting())
        except (OSError, sqlite3.Error) as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_BUSY":
                raise store_error(error, path) from None
            self._failed(error, again=False)  # a disk that is mounted late, say

    @property
    def on_disk(self) -> bool:
        """Whether the disk takes messages."""
        return self._failed_at is None

    def put(self, sink: str, key: str, body: str, picture: bytes | None) -> bool:
        """Add a message, as JSON; False: its key is there already."""
        now = datetime.now(UTC)

        def in_memory() -> bool:
            if self.knows(sink, key):
                return False
            if len(self._unwritten.fresh) >= MOST:
                oldest = next(iter(self._unwritten.fresh.values()))
                log.warning("%s: message %s is given up: the disk takes none, memory is full", *oldest.name)
                self.finish(*oldest.name)
            self._unwritten.fresh[sink, key] = Item(0, sink, key, json.loads(body), picture, 0, now)
            return True

        put = self._write(lambda file: file.put(sink, key, body, picture, now), in_memory)
        self.waiting[sink] += put
        self._puts += put
        if put and self._puts % _PRUNE_EVERY == 0:
            self._read(MessageFile.prune, None)
        return put

    def finish(self, sink: str, key: str) -> None:
        """Forget a message, but not its key."""
        self.waiting[sink] -= self._write(
            lambda file: file.finish(sink, key), lambda: self._unwritten.finish(sink, key)
        )

    def oldest(self, sink: str | None) -> Item | None:
        """The message that waits longest, for a sink or, with None, for anybody."""
        in_file = self._read(lambda file: file.oldest(sink, self._unwritten.gone), None)
        return in_file or self._unwritten.oldest(sink)

    def knows(self, sink: str, key: str) -> bool:
        """Whether that key is there, waiting or done."""
        return self._unwritten.knows(sink, key) or self._read(lambda file: file.knows(sink, key), False)

    def newest(self) -> datetime | None:
        """When the latest message was put; None: never."""
        return self._read(MessageFile.newest, None)

    def look_after(self) -> None:
        """Try the disk again if it failed and it is time to."""
        if self._retry and self._failed_at is not None and time.monotonic() - self._failed_at >= RETRY_S:
            self._recover()

    def close(self) -> None:
        """Let go of the file; from now on there is only memory."""
        if self._failed_at is not None and len(self._unwritten) and self._retry:
            self._recover()
            if self._unwritten.fresh:
                log.error("%s: %d messages couldn't be written and are lost", self._path, len(self._unwritten.fresh))
        self._retry = False
        self._failed_at = time.monotonic()
        if self._file is not None:
            self._file.close()

    def _read(self, read: Callable[[MessageFile], T], otherwise: T) -> T:
        for again in (True, False):
            if self._file is None:
                break
            try:
                return read(self._file)
            except (OSError, sqlite3.Error) as error:
                self._failed(error, again)
        return otherwise

    def _write(self, write: Callable[[MessageFile], bool], instead: Callable[[], bool]) -> bool:
        self.look_after()
        for again in (True, False):
            if self._failed_at is None and self._file is not None:
                try:
                    return write(self._file)
                except (OSError, sqlite3.Error) as error:
                    self._failed(error, again)
        return instead()

    def _failed(self, error: OSError | sqlite3.Error, again: bool) -> None:
        """Take note that the disk failed; if it was but the file and ``again``, begin a new one at once."""
        if self._failed_at is not None:
            return
        self._failed_at = time.monotonic()
        broken = isinstance(error, FileNotFoundError) or damaged(error)
        if broken and again and self._recover(reopen=True):
            log.warning("%s: was %s; begun anew", self._path, getattr(error, "strerror", None) or "damaged")
        else:
            log.error("%s; until then, messages wait in memory", store_error(error, self._path))

    def _recover(self, reopen: bool = False) -> bool:
        """Write what waits in memory, to a file opened anew if the old one fails; whether that worked."""
        self._failed_at = time.monotonic()
        if reopen or self._file is None or not self._flush(self._file):
            if self._file is not None:
                if not reopen and self._file.sound():
                    return False  # full, most likely: what is in the file can still be sent
                self._file.close()
            try:
                self._file = MessageFile(self._path)
            except (OSError, sqlite3.Error):
                return False
            if not self._flush(self._file):
                return False
        if self._unwritten:
            log.info("%s: takes messages again, %d from memory", self._path, len(self._unwritten.fresh))
        self._unwritten = Unwritten()
        self._failed_at = None
        return True

    def _flush(self, file: MessageFile) -> bool:
        """Write what waits in memory; whether that worked."""
        try:
            with file.transaction():
                for item in self._unwritten.fresh.values():
                    file.put(item.sink, item.key, json.dumps(item.message), item.picture, item.put_at)
                for sink, key in self._unwritten.gone:
                    file.finish(sink, key)
            self.waiting = Counter(file.waiting())
        except (OSError, sqlite3.Error):
            return False
        return True
