"""When a change is told, and when it is over: not at once, so that a lorry before the lens is no news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from edgedet.drift.finding import Finding

AFTER = 2
"""Windows in a row in which the same thing must differ."""
CALM = 6
"""Windows in a row in which nothing may differ until it is over."""
WELL_BELOW = 0.8
"""Of the limit: what is below isn't different any more."""


class Alarm:
    """Follows one camera's windows.

    Attributes:
        since: when what has changed did; None: nothing has.
    """

    def __init__(self, since: datetime | None = None) -> None:
        self.since = since
        self._streaks: dict[str, tuple[int, datetime]] = {}
        self._calm = 0

    def hear(self, findings: Sequence[Finding], begin: datetime) -> Literal["begin", "end"] | None:
        """What follows from one more window; None: nothing new.

        Args:
            findings: of it; those that were too few to be compared say nothing.
            begin: of the window.
        """
        judged = [each for each in findings if each.alarms]
        if not judged:
            return None
        over = [each.key for each in judged if each.ratio > 1]
        if self.since is not None:
            self._calm = self._calm + 1 if all(each.ratio < WELL_BELOW for each in judged) else 0
            if self._calm < CALM:
                return None
            self.forget()
            return "end"
        self._streaks = {key: _longer(self._streaks.get(key), begin) for key in over}
        began = [since for count, since in self._streaks.values() if count >= AFTER]
        if not began:
            return None
        self.since, self._calm = min(began), 0
        return "begin"

    def forget(self) -> None:
        """Nothing has changed."""
        self.since, self._streaks, self._calm = None, {}, 0


def _longer(streak: tuple[int, datetime] | None, begin: datetime) -> tuple[int, datetime]:
    return (1, begin) if streak is None else (streak[0] + 1, streak[1])
