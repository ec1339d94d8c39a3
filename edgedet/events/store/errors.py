"""What can go wrong with a store, in words that say what to do."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path

from edgedet.errors import OutputError


class StoreError(OutputError):
    """Events can't be kept or read just now. The same call may work later."""


class StoreFull(StoreError):
    """There is no room left on the disk."""


class StoreBusy(StoreError):
    """Another process records there."""


class StoreDamaged(StoreError):
    """The database can't be trusted any more; the next start rebuilds it."""


_OS = {
    errno.EROFS: "the disk is read-only; check it for faults, then mount it for writing",
    errno.EACCES: "not allowed; give the user who runs edgedet the folder",
    errno.EPERM: "not allowed; give the user who runs edgedet the folder",
    errno.ENOTDIR: "a file, not a folder; give a folder as storage.path",
    errno.ENOENT: "no such file or folder; mount the disk, or correct storage.path",
    errno.ENODEV: "the disk is gone; plug it in again",
    errno.ENXIO: "the disk is gone; plug it in again",
    errno.EIO: "the disk fails; check its plug and power, then the disk",
}
_SQLITE = {
    "SQLITE_BUSY": "another program holds the database; end it or try again",
    "SQLITE_LOCKED": "another program holds the database; end it or try again",
    "SQLITE_READONLY": "can't be written; check that the disk is mounted for writing and that the folder is yours",
    "SQLITE_PERM": "not allowed; give the user who runs edgedet the folder",
    "SQLITE_CANTOPEN": "can't be opened; check that the disk is there and that the folder is yours",
    "SQLITE_IOERR": "the disk fails or is gone; check its plug and power, then the disk",
}
_NO_ROOM = "the disk is full; make room, or keep less (see [retention])"
_FULL_BELOW = 1 << 16


def store_error(error: OSError | sqlite3.Error, path: Path) -> StoreError:
    """What the system or SQLite complains of, as one line that names the remedy.

    Args:
        error: as it was caught.
        path: the store's root, to be named where the error doesn't name a file.
    """
    if isinstance(error, StoreError):
        return error
    if isinstance(error, OSError):
        where = error.filename or path
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return StoreFull(f"{path}: {_NO_ROOM}")
        return StoreError(f"{where}: {_OS.get(error.errno or 0, f'{error.strerror or error}; check the disk')}")
    name = getattr(error, "sqlite_errorname", "")
    kind = "_".join(name.split("_")[:2])  # SQLITE_IOERR_WRITE is an SQLITE_IOERR
    if kind == "SQLITE_FULL" or (kind == "SQLITE_IOERR" and _is_full(path)):
        return StoreFull(f"{path}: {_NO_ROOM}")
    if kind in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
        return StoreDamaged(f"{path}: the database is damaged; start edgedet run, which rebuilds it from the events")
    return StoreError(f"{path}: {_SQLITE.get(kind, f'{error} ({name}); check the disk')}")


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path).free < _FULL_BELOW
    except OSError:
        return False
