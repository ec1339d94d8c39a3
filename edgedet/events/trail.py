"""Where an object was and when, thinned to what is worth keeping."""

from __future__ import annotations

from collections.abc import Sequence

Row = tuple[float, float, float, float, float, float]
"""Source's clock, x1, y1, x2, y2 as fractions of the frame, score."""

STEP = 0.2
"""Seconds between rows."""
MOST = 2000
"""Rows; when there are more, every other one goes, and from then on half as many come."""


class Trail:
    """The rows of one object, the oldest first."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._step = STEP

    def add(self, now: float, box: Sequence[float], score: float) -> None:
        """Take one more, unless the last one is too new."""
        if self._rows and now - self._rows[-1][0] < self._step * 0.999:  # clocks of films have rounded steps
            return
        x1, y1, x2, y2 = (round(value, 4) for value in box)
        self._rows.append((round(now, 3), x1, y1, x2, y2, round(score, 3)))
        if len(self._rows) > MOST:
            del self._rows[1::2]
            self._step *= 2

    def since(self, begin: float) -> list[list[float]]:
        """The rows from a time on, ready for JSON."""
        return [list(row) for row in self._rows if row[0] >= round(begin, 3)]
