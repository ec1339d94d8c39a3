"""When there is no trouble: what it has cost for good shows when everything has gone back to where it was."""

from __future__ import annotations

ROUND = 600.0
REST = 450.0
"""No trouble starts from this second of a round on; the visitors of the last one stay a minute."""


def until_trouble(second: float) -> float:
    """Seconds until trouble may start.

    >>> until_trouble(449), until_trouble(450)
    (0.0, 150.0)
    """
    within = second % ROUND
    return ROUND - within if within >= REST else 0.0
