"""What a board says of itself at one moment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at a board. None: it doesn't say.

    Attributes:
        celsius: its hottest zone, degrees Celsius.
        mhz: its fastest core's clock now.
        most_mhz: the clock that core can run at.
        bits: the firmware's complaints, see :data:`edgedet.board.THROTTLE_BITS`.
        load: threads that run or want to, on the average of the last minute.
    """

    celsius: float | None
    mhz: float | None = None
    most_mhz: float | None = None
    bits: int | None = None
    load: float | None = None
