"""Lines across a picture, and who crosses them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from edgedet.config.zones import LineConfig
from edgedet.geometry import Point, crossings, distance

MARGIN = 0.01
"""How far from a line, as a fraction of the frame, somebody must be to have crossed it."""
MARGIN_OF_HEIGHT = 0.05
"""The same as a share of the box's height, if that is more: the foot of a large box jitters more."""


class Lines:
    """All lines of a camera.

    Args:
        lines: by name.
    """

    def __init__(self, lines: Mapping[str, LineConfig]) -> None:
        self.each = [(name, line.direction, line.points) for name, line in lines.items()]


class Walk:
    """The way of one object's foot point.

    A crossing counts once the foot is clear of the line: who stands on it, and whose box jitters across, has not
    crossed it; neither has who went over and came straight back.
    """

    def __init__(self) -> None:
        self._last: Point | None = None
        self._pending: Counter[str] = Counter()

    def step(self, foot: Point, height: float, lines: Lines) -> list[str]:
        """Take the next foot point.

        Args:
            foot: as fractions of the frame.
            height: of the object's box, as a fraction of the frame.
            lines: those that may be crossed.

        Returns:
            The lines it has crossed now in a direction that counts, each as ``name:direction``.
        """
        last, self._last = self._last, foot
        if last is None:
            return []
        crossed = []
        for name, wanted, points in lines.each:
            self._pending[name] += crossings(last, foot, points)
            net = self._pending[name]
            if not net or distance(foot, points) < max(MARGIN, MARGIN_OF_HEIGHT * height):
                continue
            self._pending[name] = 0
            direction = "left" if net > 0 else "right"
            if wanted in ("both", direction):
                crossed.append(f"{name}:{direction}")
        return crossed
