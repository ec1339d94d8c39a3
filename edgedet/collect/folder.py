"""Where collected frames lie.

::

    FOLDER/CAMERA/2026-11-21/104455.123.jpg     the frame
    FOLDER/CAMERA/2026-11-21/104455.123.json    what was found in it, and why it is here; it is written last
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from edgedet.collect.item import Item
from edgedet.disk import disk_error, free_path, write_durably
from edgedet.errors import DataError

log = logging.getLogger(__name__)

MB = 1_000_000


class CollectFolder:
    """A collection.

    Args:
        root: its folder; it is made when the first frame comes.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, values: dict[str, Any], jpeg: bytes) -> Path:
        """Keep a frame; the picture's path.

        Args:
            values: :func:`edgedet.collect.item.describe`.
            jpeg: the picture.

        Raises:
            OutputError: it can't be written.
        """
        time = datetime.fromisoformat(values["time"]).astimezone(UTC)
        folder = self.root / str(values["camera"]) / f"{time:%Y-%m-%d}"
        path = free_path(folder / f"{time:%H%M%S}.{time.microsecond // 1000:03d}.jpg")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_durably(path, jpeg)
            write_durably(path.with_suffix(".json"), json.dumps(values, ensure_ascii=False).encode())
        except OSError as error:
            raise disk_error(path, error) from None
        return path

    def items(self) -> Iterator[Item]:
        """All that is whole, the oldest of each camera first; what is damaged is logged and left out."""
        for path in sorted(self.root.glob("*/????-??-??/*.json")):
            picture = path.with_suffix(".jpg")
            try:
                if not picture.is_file():
                    raise ValueError("its picture is missing")
                yield Item.from_dict(json.loads(path.read_bytes()), picture)
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                log.warning("%s: left out: it can't be read (%s)", path, error)

    def some(self) -> list[Item]:
        """The same. Raises DataError if there is nothing."""
        found = list(self.items())
        if not found:
            raise DataError(f"{self.root}: no collected frames here; set collect.enabled, or: edgedet collect films")
        return found

    def count(self, camera: str, day: date) -> int:
        """How many there are of a camera's day."""
        return sum(1 for _ in (self.root / camera / day.isoformat()).glob("*.json"))

    def prune(self, now: datetime, days: float, max_mb: float) -> int:
        """Remove what is too old, and the oldest of what is too much; how many frames.

        Raises:
            OutputError: something can't be removed.
        """
        pictures = sorted(self.root.glob("*/????-??-??/*.jpg"), key=lambda path: (path.parent.name, path.name))
        sizes = [_size(path) + _size(path.with_suffix(".json")) for path in pictures]
        left, oldest, removed = sum(sizes), (now - timedelta(days=days)).date().isoformat(), 0
        for path, size in zip(pictures, sizes, strict=True):
            if left <= max_mb * MB and path.parent.name >= oldest:
                break  # the rest is newer
            try:
                path.with_suffix(".json").unlink(missing_ok=True)  # first: a frame is there while this is
                path.unlink(missing_ok=True)
            except OSError as error:
                raise disk_error(path, error) from None
            with contextlib.suppress(OSError):
                path.parent.rmdir()
            left, removed = left - size, removed + 1
        return removed


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
