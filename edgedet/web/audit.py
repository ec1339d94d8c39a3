"""Who logged in and who changed what: one JSON line each."""

from __future__ import annotations

import json
import logging
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edgedet.web.database import give

log = logging.getLogger(__name__)

LARGEST = 1 << 20
"""Bytes after which a new file is begun."""
KEPT = 5
"""Files that are kept beside the newest: ``audit.jsonl.1`` is the one before."""


class Audit:
    """``{"time", "who", "address", "action", "ok", ...}``, for its owner alone (0600); never a password or a token.

    A disk that is full stops nobody from logging in; it is logged once.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._failed = False

    def note(self, who: str, address: str, action: str, ok: bool = True, **more: Any) -> None:
        """Write one line.

        Args:
            who: the name of a user or machine; of a failed login the name that was given.
            address: where from; ``command line`` is one too.
            action: what was tried: ``login``, ``POST /api/cameras/front/switches/privacy``.
            ok: whether it was done.
            more: what else there is to tell, ready for JSON.
        """
        entry = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "who": who[:64],
            "address": address,
            "action": action[:300],
            "ok": ok,
            **more,
        }
        line = json.dumps(entry).encode() + b"\n"
        with self._lock:
            try:
                self._append(line)
                self._failed = False
            except OSError as error:
                if not self._failed:
                    log.error("%s: can't be written (%s); logins and changes aren't noted", self.path, error.strerror)
                self._failed = True

    def _append(self, line: bytes) -> None:
        new = not self.path.exists()
        if not new and self.path.stat().st_size + len(line) > LARGEST:
            for number in range(KEPT, 0, -1):
                older = self._numbered(number - 1)
                if older.exists():
                    older.replace(self._numbered(number))
            new = True
        handle = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)
        if new:
            give(self.path)

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}") if number else self.path
