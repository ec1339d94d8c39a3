"""A file for each camera and day, and what was accepted.

::

    STORAGE/drift/CAMERA/2026-11-21.json    the day's statistics, in UTC
    STORAGE/drift/CAMERA/changed.json       since when the camera's world has changed, and how
    STORAGE/drift/CAMERA/accepted.json      from when on what it sees is as it should be
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from edgedet.disk import disk_error, write_durably
from edgedet.drift.hour import Hour

log = logging.getLogger(__name__)

Day = dict[int, Hour]
"""A day's hours in UTC, by number; those in which nothing was seen are left out."""
_VERSION = 1


class DriftFolder:
    """The files of one camera.

    Args:
        root: the folder events are kept in, or the program's state.
        camera: its name.
    """

    def __init__(self, root: Path, camera: str) -> None:
        self.camera, self._folder = camera, root / "drift" / camera

    def days(self) -> list[date]:
        """Those there is a file of, the oldest first."""
        found = []
        for path in self._folder.glob("????-??-??.json"):
            try:
                found.append(date.fromisoformat(path.stem))
            except ValueError:
                continue
        return sorted(found)

    def load(self, day: date) -> Day:
        """A day's statistics; a file that is damaged counts as none, and that is logged."""
        path = self._file(day)
        try:
            content = json.loads(path.read_bytes())
            if content["version"] != _VERSION:
                raise ValueError(f"version {content['version']}")
            return {int(number): Hour.from_dict(hour) for number, hour in content["hours"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("%s: can't be read (%s); that day isn't compared with", path, error)
            return {}

    def save(self, day: date, hours: Day) -> None:
        """Write a day's statistics, whole or not at all. Raises OutputError."""
        values = {"version": _VERSION, "camera": self.camera, "day": day.isoformat()}
        self._write(self._file(day), values | {"hours": {str(n): hour.to_dict() for n, hour in hours.items()}})

    def prune(self, before: date) -> None:
        """Remove the files of older days. Raises OutputError."""
        for day in self.days():
            if day < before:
                try:
                    self._file(day).unlink(missing_ok=True)
                except OSError as error:
                    raise disk_error(self._file(day), error) from None

    def changed(self) -> dict[str, Any]:
        """Since when (``since``) what (``what``) has changed, and the ``spans`` of earlier changes; empty: nothing."""
        return self._read("changed.json")

    def set_changed(self, values: dict[str, Any]) -> None:
        """Write that. Raises OutputError."""
        self._write(self._folder / "changed.json", values)

    def accepted(self) -> datetime | None:
        """From when on the days count; None: all do."""
        try:
            return datetime.fromisoformat(self._read("accepted.json")["from"]).astimezone(UTC)
        except (KeyError, TypeError, ValueError):
            return None

    def accept(self, begin: datetime) -> None:
        """From this time on the days count. Raises OutputError."""
        self._write(self._folder / "accepted.json", {"from": begin.isoformat(timespec="seconds")})

    def _file(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.json"

    def _read(self, name: str) -> dict[str, Any]:
        try:
            content = json.loads((self._folder / name).read_bytes())
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def _write(self, path: Path, values: dict[str, Any]) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, json.dumps(values, separators=(",", ":")).encode())
        except OSError as error:
            raise disk_error(path, error) from None


def moment(day: date, seconds: float) -> datetime:
    """A time of a day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds)
