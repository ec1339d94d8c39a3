"""What retention asks the archive: whether an event is there already, so that it may go here."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from edgedet.archive.schema import FILE


class Hold:
    """Reads the ledger beside the uploader; in doubt an event isn't archived.

    Args:
        root: the store's folder.
        days: beyond its own that an event is kept for want of an upload.
    """

    def __init__(self, root: Path, days: float) -> None:
        self.days = days
        self._path = root / FILE
        self._db: sqlite3.Connection | None = None

    def waits(self, event_id: str) -> bool:
        """Whether an event still has to be uploaded."""
        try:
            if self._db is None:
                uri = f"{self._path.absolute().as_uri()}?mode=ro"
                self._db = sqlite3.connect(uri, uri=True, timeout=1, check_same_thread=False)
            row = self._db.execute("SELECT state FROM events WHERE id = ?", (event_id,)).fetchone()
        except sqlite3.Error:
            self._forget()
            return True
        return row is None or row[0] == "waiting"

    def _forget(self) -> None:
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
        self._db = None
