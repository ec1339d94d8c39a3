"""One writer for a store."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from edgedet.events.store.errors import StoreBusy


class WriterLock:
    """Held by the one process that records; the system lets go of it when that process ends, however it ends.

    Args:
        path: the lock's file; made where there is none.

    Raises:
        StoreBusy: another process holds it.
        OSError: the file can't be written.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a+", encoding="ascii", errors="replace")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._file.truncate(0)
            self._file.write(f"{os.getpid()}\n")
            self._file.flush()
        except BlockingIOError:
            self._file.seek(0)
            holder = self._file.read(32).strip() or "unknown"
            self._file.close()
            raise StoreBusy(
                f"{path.parent}: process {holder} records into this folder; end it, or give another as storage.path"
            ) from None
        except BaseException:
            self._file.close()
            raise

    def release(self) -> None:
        """Let the next one in."""
        self._file.close()
