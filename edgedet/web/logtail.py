"""The last lines of the log, for who can't look into the journal; no secrets among them."""

from __future__ import annotations

import logging
import re
from collections import deque
from datetime import UTC, datetime

from edgedet.capture.redact import HIDDEN, redact

LINES = 1000
"""How many are held."""
LONGEST = 4000
"""Characters of one; what a traceback has beyond that goes."""
_SAID = re.compile(
    r"(?i)\b(authorization|bearer|cookie|pass(?:word|wd|phrase)?|secret|token|credential|api[_-]?key)s?\b(\"?\s*[:=]\s*|\s+(?=\S{16}))"
    r"(\"[^\"]*\"|'[^']*'|(?:bearer |basic )?\S+)"
)
"""A word for a secret, and then one: ``password = "..."``, ``Authorization: Bearer ...``, ``token 3f9a...``."""


def without_secrets(text: str) -> str:
    """A line of a log without passwords, tokens and the credentials of addresses. It rather hides too much.

    >>> without_secrets("rtsp://admin:hunter2@10.0.0.7/live: refused; password: hunter2")
    'rtsp://***@10.0.0.7/live: refused; password: ***'
    """
    return "\n".join(_SAID.sub(rf"\1\2{HIDDEN}", redact(line)) for line in text.split("\n"))


class LogTail(logging.Handler):
    """Holds the last lines of all loggers. Secrets are taken out before they are held.

    Args:
        lines: how many.
    """

    def __init__(self, lines: int = LINES) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=lines)

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line, and the traceback that may belong to it."""
        try:
            text = record.getMessage()
            if record.exc_info:
                text += "\n" + logging.Formatter().formatException(record.exc_info)
            time = datetime.fromtimestamp(record.created, UTC)
            cut = text[:LONGEST]
            self._lines.append(f"{time:%Y-%m-%dT%H:%M:%SZ} {record.levelname.lower()} {without_secrets(cut)}")
        except Exception:
            self.handleError(record)

    def newest(self, count: int) -> list[str]:
        """The last lines, the oldest of them first; each ``2026-11-21T10:44:55Z warning text``."""
        lines = list(self._lines)
        return lines[-count:]


def attached() -> LogTail:
    """The one that hears the root logger; from the first call on there is one. May be called early, to hold more."""
    root = logging.getLogger()
    for handler in root.handlers:
        if isinstance(handler, LogTail):
            return handler
    made = LogTail()
    root.addHandler(made)
    return made
