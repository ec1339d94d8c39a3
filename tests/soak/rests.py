"""When there is no trouble: what a run keeps for good shows only when its visitors have gone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ROUND = 600.0
REST = 450.0
"""No trouble starts from this second of a round on; the visitors of the last one stay a minute."""
CALM = 540.0
"""Nobody is there from this second of a round on."""


def until_trouble(second: float) -> float:
    """Seconds until trouble may start.

    >>> until_trouble(449), until_trouble(450)
    (0.0, 150.0)
    """
    within = second % ROUND
    return ROUND - within if within >= REST else 0.0


def least_at_rest(
    seconds: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The least of the values in each rest, and when that was.

    The least, because the cameras go on: a clip that is being written is memory in use and not memory lost.

    >>> least_at_rest(np.array([0, 545.0, 550, 1100, 1150]), np.array([9.0, 5, 4, 3, 6]))
    (array([ 550., 1150.]), array([4., 6.]))
    """
    calm = seconds % ROUND >= CALM
    seconds, values, rounds = seconds[calm], values[calm], seconds[calm] // ROUND
    rests = [np.flatnonzero(rounds == each) for each in np.unique(rounds)]
    least = np.array([rest[np.argmin(values[rest])] for rest in rests], int)
    return seconds[least], values[least]
