"""Where the files of an event are: a pure function of its id, so that nobody has to tell anybody.

ROOT/edgedet.db
ROOT/events/2026-11-21/20261121-104455.123-front-7f3a/event.json, clip.mp4, snapshot.jpg, clean.jpg, thumbnail.jpg
ROOT/continuous/front/2026-11-21/104455.mp4
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Literal

Kind = Literal["clip", "snapshot", "clean", "thumbnail"]

NAMES: dict[Kind, str] = {
    "clip": "clip.mp4",
    "snapshot": "snapshot.jpg",
    "clean": "clean.jpg",
    "thumbnail": "thumbnail.jpg",
}


class Level(IntEnum):
    """How much may be written just now: the more was written today, the less."""

    ALL = 0
    NO_CONTINUOUS = 1
    LEAN = 2
    """Clips with shorter pre- and post-roll, key frames alone where they can't be encoded smaller."""
    PICTURES = 3
    """Snapshots, no clips."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A finished file of an event, safe on the disk.

    Attributes:
        event_id: whose it is.
        kind: what it is.
        path: where it is.
        size: bytes.
        begin: of a clip, when it begins on the source's clock, seconds; of a picture, when it was taken.
        seconds: of a clip, how long it is; 0 of a picture.
    """

    event_id: str
    kind: Kind
    path: Path
    size: int
    begin: float
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A finished piece of continuous recording.

    Attributes:
        camera: whose it is.
        path: where it is.
        size: bytes.
        started: UTC time of its first frame.
        seconds: how long it is.
    """

    camera: str
    path: Path
    size: int
    started: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Places:
    """The folders under one root.

    >>> Places(Path("/srv/edgedet")).file("20261121-104455.123-front-7f3a", "clip").as_posix()
    '/srv/edgedet/events/2026-11-21/20261121-104455.123-front-7f3a/clip.mp4'
    """

    root: Path

    @property
    def database(self) -> Path:
        """SQLite's file."""
        return self.root / "edgedet.db"

    def folder(self, event_id: str) -> Path:
        """An event's own folder; may not exist yet."""
        return self.root / "events" / f"{event_id[:4]}-{event_id[4:6]}-{event_id[6:8]}" / event_id

    def file(self, event_id: str, kind: Kind) -> Path:
        """One of its files."""
        return self.folder(event_id) / NAMES[kind]

    def sidecar(self, event_id: str) -> Path:
        """The event itself as JSON: what the database is rebuilt from."""
        return self.folder(event_id) / "event.json"

    def segment(self, camera: str, started: datetime) -> Path:
        """A piece of continuous recording."""
        return self.root / "continuous" / camera / f"{started:%Y-%m-%d}" / f"{started:%H%M%S}.mp4"

    @staticmethod
    def segment_started(path: Path) -> datetime | None:
        """When a piece of continuous recording began, by its place and name; None: it is none of ours.

        >>> Places.segment_started(Path("continuous/front/2026-11-21/.104455.mp4.part"))
        datetime.datetime(2026, 11, 21, 10, 44, 55, tzinfo=datetime.timezone.utc)
        """
        try:
            str(path).encode()  # the database holds it as text
            name = f"{path.parent.name} {path.name.removeprefix('.').partition('.')[0]}"
            return datetime.strptime(name, "%Y-%m-%d %H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return None

    def event_folders(self) -> Iterator[Path]:
        """The folders of all events there are, oldest first."""
        yield from sorted((self.root / "events").glob("*-*-*/*"))
