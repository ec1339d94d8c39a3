"""The log as lines of text."""

from __future__ import annotations

import logging

from edgedet.toml import hide

PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
"""Each level's number in syslog(3)."""
_COLOURS = {logging.DEBUG: 2, logging.WARNING: 33, logging.ERROR: 31, logging.CRITICAL: 31}  # dim, yellow, red
_TRACEBACKS = logging.Formatter()


def text_of(record: logging.LogRecord) -> str:
    """The message, and below it the traceback of a record that carries one; no address in it has credentials."""
    text = record.getMessage()
    if record.exc_info:
        text += f"\n{_TRACEBACKS.formatException(record.exc_info)}"
    return "\n".join(map(hide, text.split("\n")))  # line by line: what is hidden reaches to the last "@"


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
        return f"{self.formatTime(record, '%H:%M:%S')} {level} {text_of(record)}"


class PrefixFormatter(logging.Formatter):
    """``<4>text``: the journal takes the level from the prefix of each line and adds the time itself (sd-daemon(3))."""

    def format(self, record: logging.LogRecord) -> str:
        """The message, and the traceback of a record that carries one, every line with the prefix."""
        return "\n".join(f"<{PRIORITIES.get(record.levelno, 6)}>{line}" for line in text_of(record).splitlines())
