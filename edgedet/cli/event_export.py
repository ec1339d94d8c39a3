"""Events copied to where a person wants them."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from edgedet.errors import OutputError
from edgedet.events.store.reading import StoredEvent


def export(events: Sequence[StoredEvent], target: Path) -> int:
    """Copy clips, pictures and sidecars, each event into a folder of its own.

    Args:
        events: which.
        target: a folder, made if it isn't there, or a file that ends in ``.zip``.

    Returns:
        How many files were copied. Those deleted in the meantime are left out.

    Raises:
        OutputError: it can't be written, or a file of that name is there already.
    """
    try:
        return _into_zip(events, target) if target.suffix.lower() == ".zip" else _into_folder(events, target)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            f"{error.filename or target}: can't be written ({error.strerror}); check it, or export elsewhere"
        ) from None


def _paths(stored: StoredEvent) -> list[Path]:
    return [path for path in (*(file.path for file in stored.files), stored.sidecar) if path.is_file()]


def _into_folder(events: Sequence[StoredEvent], target: Path) -> int:
    copied = 0
    for stored in events:
        folder = target / stored.event.id
        folder.mkdir(parents=True, exist_ok=True)
        for path in _paths(stored):
            temporary = folder / f".{path.name}.tmp"
            try:
                shutil.copy2(path, temporary)
                temporary.replace(folder / path.name)
            finally:
                temporary.unlink(missing_ok=True)
            copied += 1
    return copied


def _into_zip(events: Sequence[StoredEvent], target: Path) -> int:
    if target.exists():
        raise OutputError(f"{target}: is there already; give another name, or remove it")
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    copied = 0
    try:
        with zipfile.ZipFile(temporary, "x") as archive:  # stored: film and pictures don't get smaller
            for stored in events:
                for path in _paths(stored):
                    archive.write(path, f"{stored.event.id}/{path.name}")
                    copied += 1
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return copied
