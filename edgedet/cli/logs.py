"""Where the log goes and how it looks: short lines on stderr, the journal's own form under systemd."""

from __future__ import annotations

import logging
import os
import sys

_SYSLOG = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
_COLOURS = {logging.DEBUG: 2, logging.WARNING: 33, logging.ERROR: 31, logging.CRITICAL: 31}  # dim, yellow, red


class LineFormatter(logging.Formatter):
    """``07:45:12 warning text``; the level in colour on a terminal."""

    def __init__(self, colour: bool = False) -> None:
        super().__init__()
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        """One line, and below it the traceback of a record that carries one."""
        level = record.levelname.lower()
        if self._colour and record.levelno in _COLOURS:
            level = f"\x1b[{_COLOURS[record.levelno]}m{level}\x1b[0m"
        line = f"{self.formatTime(record, '%H:%M:%S')} {level} {record.getMessage()}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JournalFormatter(logging.Formatter):
    """``<4>text``: the journal takes the level from the prefix of each line and adds the time itself."""

    def format(self, record: logging.LogRecord) -> str:
        """The message, and the traceback of a record that carries one, every line with the prefix."""
        text = record.getMessage() + (f"\n{self.formatException(record.exc_info)}" if record.exc_info else "")
        return "\n".join(f"<{_SYSLOG.get(record.levelno, 6)}>{line}" for line in text.splitlines())


def setup(level: str) -> None:
    """Log this level (``debug``, ``info``, ``warning`` or ``error``) and above on stderr."""
    handler = logging.StreamHandler(sys.stderr)
    if _is_journal():
        handler.setFormatter(JournalFormatter())
    else:
        colour = sys.stderr is not None and sys.stderr.isatty() and not os.environ.get("NO_COLOR")
        handler.setFormatter(LineFormatter(colour))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("libav").setLevel(logging.CRITICAL)  # its lines carry addresses with passwords in them


def _is_journal() -> bool:
    """Whether stderr is the stream systemd named: a shell that a service started inherits the name alone."""
    try:
        stderr = os.fstat(2)
    except OSError:
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{stderr.st_dev}:{stderr.st_ino}"
