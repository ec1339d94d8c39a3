"""What a camera's picture was like on the days before, at the same hours, and how much the days differed.

Compared is like with like: a window with the same hour of the days before and the hours beside it, so that dusk isn't
drift. What counts as changed follows from the camera's own days: one that always differs must differ more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edgedet.drift.distance import unlikeness
from edgedet.drift.finding import Finding
from edgedet.drift.folder import Day
from edgedet.drift.hour import Hour, Window
from edgedet.drift.measure import MEASURES, Floats
from edgedet.drift.objects import compare_objects

LEAST = np.array([20.0, 12.0, 0.35, 6.0, 12.0])
"""Differences of :data:`edgedet.drift.measure.MEASURES` up to which nothing has changed, however alike the days were:
a cloud, or somebody who stands there. A sharpness of 0.35 is half or twice the variance."""
LEAST_SCENE = 0.25
"""The same of the scene's unlikeness."""
_USUAL = 0.99
"""Share of the windows of the days before that are no farther off than what is taken for usual."""
FEWEST = 5
"""Pictures in a window below which it is not compared."""


@dataclass(frozen=True, slots=True, eq=False)
class _Usual:
    """An hour of the days before: what is usual then, and the distances from which something has changed."""

    middle: NDArray[np.float64]
    limits: NDArray[np.float64]
    edges: Floats
    usual_scene: float
    scene_limit: float


class Reference:
    """The days a camera is compared with.

    Args:
        days: without what had changed or was before the last acceptance, in any order.
        learn: how many of them must have seen an hour before anything is said about it.
        tolerance: how many times as far off as usual counts as changed.
    """

    def __init__(self, days: Sequence[Day], learn: int, tolerance: float) -> None:
        self._days, self._learn, self._tolerance = days, learn, tolerance
        self._usual = lru_cache(maxsize=24)(self._compute)

    def learned(self, hour: int) -> int:
        """How many days have seen this hour, 0 to 23, or one beside it."""
        return sum(any(_windows(near(day, hour))) for day in self._days)

    def compare(self, hour: int, window: Window) -> list[Finding]:
        """How far a window is from the days before; empty while those are too few, or it has hardly any pictures.

        Args:
            hour: of the day in UTC, 0 to 23.
            window: its pictures; without edges the scene isn't compared.
        """
        usual = self._usual(hour) if window.pictures >= FEWEST else None
        if usual is None:
            return []
        rows = zip(MEASURES, usual.middle.tolist(), window.means.tolist(), usual.limits.tolist(), strict=True)
        found = [Finding(name, before, now, abs(now - before), limit) for name, before, now, limit in rows]
        if window.edges.any():
            distance = unlikeness(window.edges, usual.edges)
            found.append(Finding("scene", 1 - usual.usual_scene, 1 - distance, distance, usual.scene_limit))
        return found

    def compare_objects(self, hours: dict[int, Hour]) -> list[Finding]:
        """How far what was found in these hours is from the same hours of the days before: see :mod:`.objects`."""
        before = [{number: day[number] for number in hours if number in day} for day in self._days]
        return compare_objects(hours.values(), [day.values() for day in before], self._learn, self._tolerance)

    def _compute(self, hour: int) -> _Usual | None:
        if self.learned(hour) < self._learn:
            return None
        cells = [cell for day in self._days for cell in near(day, hour)]
        means = np.array([window.means for window in _windows(cells)])
        middle = np.median(means, axis=0)
        usual = np.quantile(np.abs(means - middle), _USUAL, axis=0)
        edges: Floats = np.sum([cell.edges for cell in cells], axis=0).astype(np.float32)
        scenes = [unlikeness(cell.edges, edges - cell.edges) for cell in cells if cell.edges.any()]
        scene = float(np.quantile(scenes, _USUAL)) if scenes else 1.0
        limits = np.maximum(LEAST, self._tolerance * usual)
        return _Usual(middle, limits, edges, float(np.median(scenes or [0])), max(LEAST_SCENE, self._tolerance * scene))


def near(day: Day, hour: int) -> list[Hour]:
    """An hour of a day and those beside it, as far as there are any; midnight has both of its ends beside it."""
    return [day[number % 24] for number in (hour - 1, hour, hour + 1) if number % 24 in day]


def _windows(cells: Iterable[Hour]) -> Iterator[Window]:
    return (window for cell in cells for window in cell.windows if window.pictures >= FEWEST)
