"""What a broken thing says again and again is said a few times, then counted: it must not fill a card."""

from __future__ import annotations

import copy
import logging
import re
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

MOST = 20
"""How often the same line of the same place is said within :data:`PER`."""
PER = 60.0
"""Seconds."""
KEPT = 1000
"""How many different lines are counted at a time."""

_NUMBERS = re.compile(r"\d+")


@dataclass(slots=True)
class _Line:
    """A line that was said, the latest record of it, and how often, since when."""

    record: logging.LogRecord
    since: float
    count: int = 0


class Sparing(logging.Handler):
    """Passes records on to another handler, repetitions at most :data:`MOST` times in :data:`PER` seconds.

    Warnings and errors that differ only in their numbers are the same line; others must be the same word for word:
    a status line a second is what somebody asked for. Debug lines always pass.

    Args:
        handler: says them.
        clock: seconds; for tests.
    """

    def __init__(self, handler: logging.Handler, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._handler, self._clock = handler, clock
        self._lines: dict[Hashable, _Line] = {}  # in the order of their first record

    def emit(self, record: logging.LogRecord) -> None:
        """Pass a record on, unless it was said often enough."""
        now = self._clock()
        while self._lines and (len(self._lines) >= KEPT or now - self._first().since >= PER):
            self._tell(self._lines.pop(next(iter(self._lines))))
        if record.levelno <= logging.DEBUG or self._may_be_said(record, now):
            self._handler.handle(record)

    def _may_be_said(self, record: logging.LogRecord, now: float) -> bool:
        try:
            key = _sameness(record)
        except (TypeError, ValueError):  # its arguments don't fit: whoever writes it says so
            return True
        line = self._lines.setdefault(key, _Line(record, now))
        line.record = record
        line.count += 1
        return line.count <= MOST

    def close(self) -> None:
        """Say what was left out until now."""
        self.acquire()
        try:
            for line in self._lines.values():
                self._tell(line)
            self._lines.clear()
        finally:
            self.release()
        super().close()

    def _first(self) -> _Line:
        return next(iter(self._lines.values()))

    def _tell(self, line: _Line) -> None:
        if line.count > MOST:
            record = copy.copy(line.record)
            record.msg, record.args = f"{record.getMessage()} (said {line.count - MOST} times more)", None
            self._handler.handle(record)


def _sameness(record: logging.LogRecord) -> Hashable:
    text = record.getMessage()
    if record.levelno >= logging.WARNING:
        text = _NUMBERS.sub("0", text)
    return record.pathname, record.lineno, text
