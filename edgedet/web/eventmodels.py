"""Events as the web tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from edgedet.event import Phase
from edgedet.events.places import Kind
from edgedet.events.store import StoredEvent

ID = r"^[0-9]{8}-[0-9]{6}\.[0-9]{3}-[A-Za-z0-9_-]{1,64}-[0-9a-f]{4}$"
"""What an event's id looks like, as :class:`edgedet.events.identity.Ids` makes it: no path can hide in it."""
NAME = r"^[A-Za-z0-9_-]{1,64}$"
"""What a camera, zone, line or rule is called."""
Row = tuple[float, float, float, float, float, float]
"""Source's clock in seconds, x1, y1, x2, y2 as fractions of the frame, score."""


class EventModel(BaseModel):
    """What happened before a camera; times UTC, boxes as fractions of the frame."""

    id: str = Field(description="sorts by time")
    camera: str
    label: str
    rule: str = Field(description="the rule it met")
    phase: Phase
    started: datetime = Field(description="when the object was first seen")
    ended: datetime | None = Field(description="when it was last seen; null while it goes on")
    begin: float = Field(description="when it began on the source's clock, seconds")
    end: float = Field(description="when it ended, or so far")
    best_score: float
    best_box: tuple[float, float, float, float] = Field(description="x1, y1, x2, y2 in the best picture")
    best_at: float = Field(description="when that was on the source's clock")
    track_id: int
    zones: tuple[str, ...] = Field(description="in the order of entering")
    lines: tuple[str, ...] = Field(description="crossed, each as name:direction")
    stationary: bool


class FileModel(BaseModel):
    """A finished file of an event."""

    size: int = Field(description="bytes")
    begin: float = Field(description="when it begins on the source's clock, seconds: what a track is laid over it by")
    seconds: float = Field(description="how long a clip is; 0 of a picture")


class StoredModel(EventModel):
    """An event that is kept, and its files."""

    kept: bool = Field(description="marked to be kept")
    size: int = Field(description="bytes of all its files")
    files: dict[Kind, str] = Field(description="where each is to be had, from where the page is")
    media: dict[Kind, FileModel]


class EventPage(BaseModel):
    """Some events, the newest first."""

    events: list[StoredModel]
    next: str | None = Field(description="ask for those before this id to go on; null: there are no more")


class VerdictModel(BaseModel):
    """What one condition of a rule said."""

    condition: str
    passed: bool | None = Field(description="null: it can't be told")
    seen: str
    wanted: str


class EventDetail(StoredModel):
    """An event with all that its file remembers; both are empty while it goes on."""

    track: list[Row] = Field(description="source's clock, x1, y1, x2, y2, score")
    verdicts: list[VerdictModel]


class KeepBody(BaseModel):
    """Whether an event is to be kept."""

    kept: bool


class OpinionModel(BaseModel):
    """What a rule says of an object."""

    rule: str
    failed: list[str] = Field(description="the conditions that don't hold")
    verdicts: list[VerdictModel]


class CandidateModel(BaseModel):
    """What today's settings say of the object in its best picture."""

    label: str
    score: float
    box: tuple[float, float, float, float]
    zones: list[str]
    rules: list[OpinionModel]


class ExplainModel(BaseModel):
    """Why there was an event."""

    id: str
    rule: str
    verdicts: list[VerdictModel] = Field(description="what was said when it started; none while it goes on")
    today: CandidateModel | None = Field(description="null: the camera isn't there any more")


class DayEntry(BaseModel):
    """An event as a bar on a timeline."""

    id: str
    camera: str
    label: str
    started: datetime
    until: datetime = Field(description="when it was last seen")
    going_on: bool
    best_score: float
    kept: bool
    thumbnail: str | None


class DayModel(BaseModel):
    """A day's events, the oldest first."""

    day: str = Field(description="its date where the camera is")
    begin: datetime
    end: datetime = Field(description="23 to 25 hours later")
    now: datetime
    events: list[DayEntry]
    left_out: int = Field(description="how many more there are")


EventId = Annotated[str, Field(pattern=ID)]


def address(event_id: str, kind: Kind) -> str:
    """Where a file of an event is to be had, from the page's own address: a proxy may have put it below a path."""
    return f"api/events/{event_id}/{kind}"


def stored_values(stored: StoredEvent) -> dict[str, object]:
    """An event's values as :class:`StoredModel` has them."""
    return {
        **stored.event.to_dict(),
        "kept": stored.kept,
        "size": stored.size,
        "files": {file.kind: address(stored.event.id, file.kind) for file in stored.files},
        "media": {
            file.kind: {"size": file.size, "begin": file.begin, "seconds": file.seconds} for file in stored.files
        },
    }
