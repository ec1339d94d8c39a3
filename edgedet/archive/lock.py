"""One uploader for a store."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from edgedet.archive.faults import ArchiveError

FILE = "archive.lock"


@contextlib.contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Held by the process that uploads; the system lets go of it however that process ends.

    Args:
        root: the store's folder.

    Raises:
        ArchiveError: another process uploads from there.
        OSError: the lock's file can't be written.
    """
    with (root / FILE).open("a+", encoding="ascii", errors="replace") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read(32).strip() or "unknown"
            raise ArchiveError(
                f"{root}: process {holder} uploads from here already; leave it to that one: edgedet archive status"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
