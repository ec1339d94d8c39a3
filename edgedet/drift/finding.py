"""One thing that was compared with the days before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

OBJECTS = ("sizes", "places", "counts", "labels")
"""What passes may change without the camera being at fault: these are mentioned, and raise no alarm by themselves."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How far something is from what it was on the days before.

    Attributes:
        measure: one of :data:`edgedet.drift.measure.MEASURES`, ``scene``, ``scores``, or of :data:`OBJECTS`.
        before, now: its values, to be shown; medians or means.
        distance: between the two, in the measure's own unit.
        limit: the distance from which it counts as changed: it depends on how much the days before differ.
        label: whose scores; empty: of everything.
    """

    measure: str
    before: float
    now: float
    distance: float
    limit: float
    label: str = ""

    @property
    def ratio(self) -> float:
        """Distance over limit: above 1 it has changed."""
        return self.distance / self.limit

    @property
    def key(self) -> str:
        """Its name: ``sharpness``, ``scores person``."""
        return f"{self.measure} {self.label}".strip()

    @property
    def alarms(self) -> bool:
        """Whether it raises an alarm by itself."""
        return self.measure not in OBJECTS

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        values = {"before": self.before, "now": self.now, "distance": self.distance, "limit": self.limit}
        return {"measure": self.key} | {name: round(value, 4) for name, value in values.items()}


def level(findings: Iterable[Finding]) -> float:
    """All of them as one figure, 0 to 1: from 0.5 on something has changed."""
    return min(1.0, 0.5 * max((each.ratio for each in findings if each.alarms), default=0.0))
