"""Whether a live stream is decoded as fast as it comes."""

from __future__ import annotations

WINDOW = 2.0
"""Seconds over which waiting is measured."""

HARDLY, AMPLY = 0.05, 0.3
"""Shares of the time spent waiting for packets: with less there is a backlog, with more it is gone."""


class Backlog:
    """Tells from how long packets are waited for whether they pile up before us.

    Time stamps would tell it sooner, but many cameras' stamps run faster or slower than time does.

    >>> backlog = Backlog(now=0.0)
    >>> [backlog(waited=0.0, now=1.0), backlog(waited=0.01, now=2.0), backlog(waited=0.9, now=4.0)]
    [False, True, False]
    """

    def __init__(self, now: float) -> None:
        self._start, self._waited = now, 0.0
        self._behind = False

    def __call__(self, waited: float, now: float) -> bool:
        """Whether we are behind, when a packet has come at ``now`` after so many seconds of waiting."""
        self._waited += waited
        window = now - self._start
        if window >= WINDOW:
            self._behind = self._waited < (AMPLY if self._behind else HARDLY) * window
            self._start, self._waited = now, 0.0
        return self._behind
