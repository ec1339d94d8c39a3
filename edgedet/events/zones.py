"""Zones of a picture, and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edgedet.config.zones import ZoneConfig
from edgedet.geometry import Points, inside


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an object stands.

    Attributes:
        zones: the names of those that count for it.
        excluded: those in which it is ignored.
    """

    zones: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


class Zones:
    """All zones of a camera.

    Args:
        zones: by name.
    """

    def __init__(self, zones: Mapping[str, ZoneConfig]) -> None:
        self._zones = [(name, zone, np.array(zone.polygon, np.float64)) for name, zone in zones.items()]

    def __len__(self) -> int:
        return len(self._zones)

    def at(self, points: Points, labels: Sequence[str]) -> list[Standing]:
        """Where objects stand.

        Args:
            points: (N, 2) their foot points, as fractions of the frame.
            labels: what each of them is, N.
        """
        if not self._zones or not len(points):
            return [Standing()] * len(points)
        within = [(name, zone, inside(points, polygon).tolist()) for name, zone, polygon in self._zones]
        found = []
        for i, label in enumerate(labels):
            here = [
                (name, zone.exclude)
                for name, zone, who in within
                if who[i] and (not zone.labels or label in zone.labels)
            ]
            found.append(
                Standing(
                    tuple(name for name, exclude in here if not exclude),
                    tuple(name for name, exclude in here if exclude),
                )
            )
        return found
