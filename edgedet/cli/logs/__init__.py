"""Where the log goes and how it looks: short lines on stderr; under systemd the journal, with fields."""

from __future__ import annotations

import logging
import os
import sys

from edgedet.cli.logs.journal import SOCKET, JournalHandler
from edgedet.cli.logs.lines import LineFormatter, PrefixFormatter
from edgedet.cli.logs.sparing import Sparing


def setup(level: str) -> None:
    """Log this level (``debug``, ``info``, ``warning`` or ``error``) and above, and what repeats itself sparingly."""
    logging.basicConfig(level=level.upper(), handlers=[Sparing(_handler())], force=True)
    logging.getLogger("libav").setLevel(logging.CRITICAL)  # its lines carry addresses with passwords in them
    for name in ("aioice", "aiortc"):  # a line for each address that is tried to reach a viewer
        logging.getLogger(name).setLevel(logging.WARNING)


def is_journal() -> bool:
    """Whether stderr is the stream systemd named: a shell that a service started inherits the name alone."""
    try:
        stderr = os.fstat(2)
    except OSError:
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{stderr.st_dev}:{stderr.st_ino}"


def _handler() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    if not is_journal():
        colour = sys.stderr is not None and sys.stderr.isatty() and not os.environ.get("NO_COLOR")
        handler.setFormatter(LineFormatter(colour))
        return handler
    handler.setFormatter(PrefixFormatter())
    try:
        return JournalHandler(SOCKET, handler)
    except OSError:  # nobody listens there: its lines have their level all the same
        return handler
