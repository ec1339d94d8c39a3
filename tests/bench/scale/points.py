"""What a curve is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.bench.scale.fit import Fit, fit


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement.

    Attributes:
        x: how much there was of what is scaled.
        cost: what is judged, in the curve's unit.
        also: other figures, by the heading of their column.
    """

    x: float
    cost: float
    also: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Curve:
    """A cost over how much of something there is.

    Attributes:
        name: ``cameras``, ``viewers``, ...; names its picture too.
        x: what is scaled.
        cost: what it costs, with its unit.
        points: from the fewest to the most.
        taken: how, in a sentence or two.
        judged: whether it must not grow faster than linearly.
    """

    name: str
    x: str
    cost: str
    points: Sequence[Point]
    taken: str
    judged: bool = True

    def fit(self) -> Fit:
        """Its power law."""
        return fit([point.x for point in self.points], [point.cost for point in self.points])
