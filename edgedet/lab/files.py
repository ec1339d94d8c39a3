"""Files that are whole under their name, or not there."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from edgedet.disk import disk_error
from edgedet.errors import OutputError


def ready(folder: Path) -> None:
    """Make a folder if it isn't there, before hours go into what it is for. Raises OutputError if it can't be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_error(folder, error) from None
    if not os.access(folder, os.W_OK):
        raise OutputError(f"{folder}: can't be written to; choose another place")


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; its folder is made if need be. Raises OutputError."""
    half = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(content)
        half.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            half.unlink()
        raise disk_error(path, error) from None
