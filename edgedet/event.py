"""What happened before a camera, as it is told, kept and read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, get_args

Phase = Literal["start", "update", "end"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened before a camera: one object that met a rule, from when it came until it left.

    The same event is told several times: when it starts, when it changes, and when it ends.

    Attributes:
        id: unique across restarts, sortable by time, fit for a file name: ``20261121-104455.123-front-7f3a``.
        camera: its name.
        label: what it is.
        rule: the rule it met.
        phase: ``start``, ``update`` or ``end``.
        started: UTC time when the object was first seen.
        ended: UTC time when it was last seen; None before ``end``. Never before ``started``.
        begin, end: the same in seconds of the source's clock (:attr:`edgedet.types.Frame.elapsed`); ``end``: so far.
        best_score: highest score so far, 0 to 1.
        best_box: x1, y1, x2, y2 as fractions of the frame, at the best snapshot so far.
        best_at: when that was, on the source's clock.
        track_id: the object's track.
        zones: those it has been in, in the order of entering.
        lines: those it has crossed, each as ``name:direction``, in order.
        stationary: whether it stands still now.
    """

    id: str
    camera: str
    label: str
    rule: str
    phase: Phase
    started: datetime
    ended: datetime | None
    begin: float
    end: float
    best_score: float
    best_box: tuple[float, float, float, float]
    best_at: float
    track_id: int
    zones: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    stationary: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As it stands in a JSON file; times as ISO 8601."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values["started"] = self.started.isoformat(timespec="milliseconds")
        values["ended"] = self.ended.isoformat(timespec="milliseconds") if self.ended else None
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Event:
        """The reverse of :meth:`to_dict`. Raises KeyError, TypeError or ValueError if something is missing or odd."""
        given: dict[str, Any] = {field.name: values[field.name] for field in fields(cls)}
        given["started"] = datetime.fromisoformat(given["started"])
        given["ended"] = datetime.fromisoformat(given["ended"]) if given["ended"] else None
        for name in ("best_box", "zones", "lines"):
            given[name] = tuple(given[name])
        made = cls(**given)
        _check(made)
        return made


_LAST_YEAR, _LONGEST = 9000, 1e9
"""Beyond these, in seconds, sums with times fail; no camera's clock gets there."""


def _check(event: Event) -> None:
    """Raise ValueError unless all is of its type, as what is read may be damaged and still be JSON."""
    numbers = (event.begin, event.end, event.best_score, *event.best_box, event.best_at)
    if not all(isinstance(each, int | float) and abs(each) <= _LONGEST for each in numbers):
        raise ValueError("a number is none, or beyond all measure")
    texts = (event.id, event.camera, event.label, event.rule, *event.zones, *event.lines)
    if not all(isinstance(each, str) for each in texts):
        raise ValueError("a text is none")
    "".join(texts).encode()  # half a character is a UnicodeEncodeError
    if event.phase not in get_args(Phase) or len(event.best_box) != 4:
        raise ValueError("no phase of an event, or no box")
    if not isinstance(event.track_id, int) or abs(event.track_id) >= 1 << 62:
        raise ValueError("the track has no number")
    if not all(each.tzinfo and each.year < _LAST_YEAR for each in (event.started, event.ended or event.started)):
        raise ValueError("a time has no zone, or never comes")
