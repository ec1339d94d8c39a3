"""Zones, lines and rules as the web tells and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from edgedet.config import CameraConfig, LineConfig, RuleConfig, ZoneConfig
from edgedet.web.eventmodels import NAME
from edgedet.web.replayed import Drawing
from edgedet.web.trial import Outcome

MOST_POINTS = 100
"""Of a polygon or line: whether it crosses itself costs the square of that."""
_PLACES = 4

Name = Annotated[str, StringConstraints(pattern=NAME)]


class DrawingBody(BaseModel):
    """All zones, lines and rules a camera is to have, by name; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    zones: dict[Name, ZoneConfig] | None = Field(None, max_length=64)
    lines: dict[Name, LineConfig] | None = Field(None, max_length=64)
    rules: dict[Name, RuleConfig] | None = Field(None, max_length=64)

    @field_validator("zones", "lines", mode="before")
    @classmethod
    def _drawn_by_hand(cls, given: Any) -> Any:
        """Not too many points, and no more digits than a hand has."""
        if not isinstance(given, dict):
            return given
        return {name: _rounded(name, shape) if isinstance(shape, dict) else shape for name, shape in given.items()}

    def over(self, config: CameraConfig) -> Drawing:
        """Together with what the camera has."""
        return Drawing(
            self.zones if self.zones is not None else config.zones,
            self.lines if self.lines is not None else config.lines,
            self.rules if self.rules is not None else config.rules,
        )


class SaveBody(DrawingBody):
    """The same, to be saved."""

    confirm: bool = Field(False, description="save it; false: only say what would change")
    etag: str | None = Field(None, max_length=64, description="refuse if the file isn't any more what this was read of")


class ZonesModel(BaseModel):
    """Zones, lines, masks and rules of a camera, as its settings file has them."""

    camera: str
    zones: dict[str, ZoneConfig]
    lines: dict[str, LineConfig]
    rules: dict[str, RuleConfig] = Field(description="none: one for each label of the model")
    masks: list[list[list[float]]] = Field(description="polygons that no picture shows")
    motion_masks: list[list[list[float]]] = Field(description="polygons in which motion doesn't count")
    shared: list[str] = Field(description="what is there for all cameras: zones.porch, rules.person")
    labels: list[str] = Field(description="all the model knows; none before the first frame")
    file: str | None
    etag: str | None = Field(description="changes when the file does; to be sent when saving")
    remedy: str = Field(description="why nothing can be saved, and what to do about it; empty: it can be")


class TrialModel(Outcome):
    """What would have become of the last day's events, as far as their tracks tell.

    What was no event left no track, and can't appear.
    """

    since: datetime
    until: datetime
    events: int = Field(description="events the camera had in this time")
    tried: int = Field(description="events whose tracks were tried; others go on, have no track, or are too many")
    unsure: list[str] = Field(description="ids of tried events that neither the old settings nor the new make again")
    notes: list[str] = Field(description="what to bear in mind")


class SavedModel(BaseModel):
    """What saving changes, or has changed."""

    diff: str = Field(description="as diff -u says it, credentials removed; empty: nothing changes")
    applied: bool = Field(description="it is saved and in force")
    backup: str | None = Field(description="where the file is kept as it was")
    lines: list[str] = Field(description="what the camera says of its new settings")
    etag: str = Field(description="of the file as it is now")


def _rounded(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    for key in ("polygon", "points"):
        points = shape.get(key)
        if not isinstance(points, list):
            continue
        if len(points) > MOST_POINTS:
            raise ValueError(f"{name[:64]}: {len(points)} points; leave out some, {MOST_POINTS} are enough")
        shape = shape | {key: [_point(each) for each in points]}
    return shape


def _point(point: Any) -> Any:
    if not isinstance(point, list) or len(point) > 8:
        return point
    return [round(each, _PLACES) if isinstance(each, float) else each for each in point]
