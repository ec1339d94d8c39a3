"""A folder in memory for what a target must find in a file."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from pathlib import Path

WHERE = "FUZZ_SCRATCH"
"""The variable that names a folder which somebody else removes: libFuzzer ends a process without its own doing so."""
_MEMORY = Path("/dev/shm")


def memory() -> Path | None:
    """Where files cost nothing; None: nowhere in particular."""
    return _MEMORY if _MEMORY.is_dir() else None


@functools.cache
def folder() -> Path:
    """This process's own, gone with it."""
    made = Path(tempfile.mkdtemp(prefix="edgedet-fuzz-", dir=os.environ.get(WHERE) or memory()))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def put(name: str, content: bytes) -> Path:
    """A file in it with this content."""
    path = folder() / name
    path.write_bytes(content)
    return path
