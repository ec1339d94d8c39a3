"""Where files go, how they stay, and what to say when they can't."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from edgedet.errors import OutputError

_REMEDIES = {
    errno.ENOSPC: "free some space, or choose another place",
    errno.EDQUOT: "free some space, or choose another place",
    errno.ENOENT: "make its folder first",
    errno.ENOTDIR: "what should be its folder is a file: choose another place",
    errno.EISDIR: "it is a folder: give a file's name",
    errno.ENAMETOOLONG: "give a shorter name",
}


def disk_error(path: str | Path, error: OSError) -> OutputError:
    """What the system says about a file, with what to do about it."""
    reason = (error.strerror or str(error)).lower()
    remedy = _REMEDIES.get(error.errno or 0, "choose a place you may write to")
    return OutputError(f"{path}: can't be written ({reason}); {remedy}")


def free_path(path: Path) -> Path:
    """``path``, or where something is there already the first free of ``name-2``, ``name-3``, ...: nothing is lost."""
    number, free = 1, path
    while free.exists() or free.is_symlink():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def write_durably(path: Path, content: bytes) -> None:
    """Write a file all or not at all; it is on the disk when this returns. Costs two flushes.

    Raises:
        OSError: it can't be written; what was there before is untouched.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
