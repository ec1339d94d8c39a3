"""The objects before a camera: each a track, or several of them that are the same object."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

import numpy as np

from edgedet.events.lines import Lines, Walk
from edgedet.events.sighting import Sighting
from edgedet.events.trail import Trail

CLOSE = 1.0
"""How far, in sizes of its box, an object that was lost for a moment may have gone until it is found again."""


class Seen:
    """An object, and what is known of it.

    Args:
        track_id: the tracker's name for it.
        sighting: how it was first seen.
        now: when, on the source's clock.
        wall: when, UTC.

    Attributes:
        label: what it is.
        began, began_wall: when it was first seen.
        last: when it was last seen, on the source's clock.
        look: the number of the look that saw it last.
        sighting: how.
        zones: those it has been in, in the order of entering.
        lines: those it has crossed, each as ``name:direction``, in order.
        best: its highest score ever.
        same: the tracks of other labels that had the same box in the look that saw it last.
        still_since: since when it stands still, on the source's clock; None: it moves.
        trail: where it was.
    """

    def __init__(self, track_id: int, sighting: Sighting, now: float, wall: datetime) -> None:
        self.track_id, self.label, self.sighting = track_id, sighting.label, sighting
        self.began, self.began_wall = now, wall
        self.last, self.look = now, 0
        self.zones: tuple[str, ...] = ()
        self.lines: tuple[str, ...] = ()
        self.best, self.same = 0.0, tuple[int, ...]()
        self.still_since: float | None = None
        self.trail = Trail()
        self._walk = Walk()

    def see(self, sighting: Sighting, now: float, look: int, lines: Lines) -> None:
        """Take in another look."""
        self.sighting, self.last, self.look = sighting, now, look
        self.best = max(self.best, sighting.score)
        self.zones += tuple(name for name in sighting.standing.zones if name not in self.zones)
        height = sighting.box[3] - sighting.box[1]
        self.lines += tuple(self._walk.step(sighting.foot, height, lines))
        self.trail.add(now, sighting.box, sighting.score)

    def rest(self, is_still: bool, now: float) -> None:
        """Take in whether it stands still. Who is known only as standing still has done so for ever."""
        if not is_still:
            self.still_since = None
        elif self.still_since is None:
            self.still_since = -math.inf if self.began == now else now

    def still(self, now: float) -> float | None:
        """Seconds it has stood still; None: it moves."""
        return None if self.still_since is None else now - self.still_since


def closest_lost(sighting: Sighting, lost: Iterable[Seen]) -> Seen | None:
    """The lost object that a new track continues: of the same label, at about the same place.

    Args:
        sighting: the new track's first.
        lost: the objects that were seen shortly before, but aren't now.
    """
    near = [
        (away, i, seen)
        for i, seen in enumerate(lost)
        if seen.label == sighting.label and (away := _apart(sighting, seen.sighting)) <= CLOSE
    ]
    return min(near)[2] if near else None


def _apart(one: Sighting, other: Sighting) -> float:
    """The distance of two boxes' centres, in their mean width and height."""
    a, b = np.array(one.box), np.array(other.box)
    size = np.maximum((a[2:] - a[:2] + b[2:] - b[:2]) / 2, 1e-6)
    return float(np.max(np.abs((a[:2] + a[2:] - b[:2] - b[2:]) / 2) / size))
