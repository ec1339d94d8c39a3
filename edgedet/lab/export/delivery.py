"""Files made in a folder of their own first, then all put in place: nobody sees a half-written one."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from edgedet.disk import disk_error
from edgedet.errors import EdgedetError, OutputError

_ROOM = 64 << 20
"""What an export needs on the disk while it runs, in bytes: several copies of a model."""


@contextlib.contextmanager
def workshop(out: Path, source: Path) -> Iterator[Path]:
    """A hidden folder beside ``out``, gone afterwards, in which its files are made.

    Args:
        out: the model that is to be written.
        source: what it is made of, which is never overwritten.

    Raises:
        OutputError: there is no such folder, it can't be written to or has no room, or ``out`` would replace its own
            source or take another model's card.
    """
    if out.is_dir():
        raise OutputError(f"{out}: it is a folder; give a file's name")
    if out.exists() and source.exists() and out.samefile(source):
        raise OutputError(f"{out}: it is what the model is made of; give another name with --to")
    _refuse_foreign_card(out)
    try:
        place = Path(tempfile.mkdtemp(prefix=".export-", dir=out.parent))
    except OSError as error:
        raise disk_error(out, error) from None
    try:
        free = shutil.disk_usage(place).free
        if free < _ROOM:
            raise OutputError(f"{out.parent}: {free:,} bytes free, {_ROOM:,} needed; free some space")
        yield place
    except OSError as error:
        if isinstance(error, EdgedetError) or not str(error.filename or place).startswith(str(place)):
            raise
        raise disk_error(out, error) from None
    finally:
        shutil.rmtree(place, ignore_errors=True)


def deliver(files: dict[Path, bytes], place: Path) -> None:
    """Write all files in the workshop, then move them to their names, the first one first.

    Raises:
        OutputError: one can't be written.
    """
    for number, (path, content) in enumerate(files.items()):
        try:
            with (place / f"ready-{number}").open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise disk_error(path, error) from None
    for number, path in enumerate(files):
        try:
            (place / f"ready-{number}").replace(path)
        except OSError as error:
            raise disk_error(path, error) from None


def _refuse_foreign_card(out: Path) -> None:
    """``model.tflite`` and ``model.onnx`` would have the same card."""
    card = out.with_suffix(".json")
    try:
        content = json.loads(card.read_text(encoding="utf-8"))
        of = content.get("file", out.name)
    except FileNotFoundError:
        return
    except (OSError, ValueError, AttributeError):
        raise OutputError(f"{card}: is there already and no model's card; give the model another name") from None
    if of != out.name and out.with_name(str(of)).exists():
        raise OutputError(f"{card}: is the card of {of}; give the model another name")
