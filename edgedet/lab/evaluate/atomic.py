"""Files that are whole under their name, or not there."""

from __future__ import annotations

import os
from pathlib import Path

from edgedet.errors import OutputError


def ready(folder: Path) -> None:
    """Make a folder if it isn't there, before hours go into what it is for. Raises OutputError if it can't be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: can't be made ({error.strerror}); choose another place") from None
    if not os.access(folder, os.W_OK):
        raise OutputError(f"{folder}: can't be written to; choose another place")


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises OutputError."""
    half = path.with_name(f".{path.name}.part")
    try:
        half.write_bytes(content)
        os.replace(half, path)  # noqa: PTH105
    except OSError as error:
        half.unlink(missing_ok=True)
        raise OutputError(f"{path}: can't be written ({error.strerror}); choose another place") from None
