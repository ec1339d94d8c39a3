"""A folder in memory for what a target must find in a file."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")


@functools.cache
def folder() -> Path:
    """This process's own, gone with it."""
    made = Path(tempfile.mkdtemp(prefix="edgedet-fuzz-", dir=_MEMORY if _MEMORY.is_dir() else None))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def put(name: str, content: bytes) -> Path:
    """A file in it with this content."""
    path = folder() / name
    path.write_bytes(content)
    return path
