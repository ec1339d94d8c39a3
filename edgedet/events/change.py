"""News of an event, as it goes from the one who decides to the ones who keep and tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edgedet.event import Event
from edgedet.types import Detections, Frame


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """An event that started, changed or ended.

    Attributes:
        event: as it is now.
        picture: the frame of its best snapshot so far if that is a new one since the last news; else None. What must
            not be seen in it is already covered.
        detections: what was found in ``picture``.
        record: at the end, what the event's file remembers, ready for JSON: ``track`` (rows of source's clock, box as
            fractions of the frame, score) and ``verdicts`` (what each condition of the rule saw).
    """

    event: Event
    picture: Frame | None = None
    detections: Detections | None = None
    record: Mapping[str, Any] = field(default_factory=dict)
