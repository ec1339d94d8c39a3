"""How often something may be done."""

from __future__ import annotations


class Pace:
    """Picks moments out of many so that they are as even as can be, and no more than so many a second.

    >>> pace = Pace()
    >>> [second for second in (0.0, 0.1, 0.2, 0.3, 0.4) if pace.is_due(second, 5)]
    [0.0, 0.2, 0.4]
    """

    def __init__(self) -> None:
        self._due: float | None = None

    def is_due(self, now: float, fps: float) -> bool:
        """Whether this moment is one of them; then the next is a step later.

        Args:
            now: seconds on any clock that doesn't go back.
            fps: most a second; 0: all are.
        """
        if not fps:
            return True
        step = 1 / fps
        due = now if self._due is None else self._due
        if now < due - step / 4:  # what comes a little early is in time: no clock is that even
            return False
        self._due = max(due + step, now + step / 2)
        return True
