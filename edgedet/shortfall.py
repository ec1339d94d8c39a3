"""Whether more frames come than are looked at, and saying so, once.

A live camera's newest frame wins and every camera has its turn, so too many frames cost neither latency nor memory:
some are never looked at. That is the plan, but nobody should have to find it out from counters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edgedet.camera import Camera

LEAST_SHARE = 0.9
"""Share of the frames that is looked at where nothing is wrong: rates scatter, and a frame may just be due."""

SAID_AFTER = 3
"""Looks in a row before it is said: at the start, and after a hiccup, frames pile up for a moment."""


def shortfall(cameras: Sequence[Camera], most_fps: float = 0) -> dict[str, Any] | None:
    """How far behind the detector is with the live cameras together; None: it keeps up.

    Args:
        cameras: all; of a film read at full speed every frame is looked at.
        most_fps: frames a second that are to be looked at at most; 0: all. Keeping to it is no shortfall.

    Returns:
        ``cameras``, how many are live; ``offered_fps`` and ``taken_fps``, of all of them; ``least_share`` and
        ``most_share``, 0 to 1, of the camera that comes off worst and best.
    """
    rates = [(camera.capture.rate(), camera.detect.rate()) for camera in cameras if camera.live]
    rates = [(offered, taken) for offered, taken in rates if offered]
    offered, taken = (sum(column) for column in zip(*rates, strict=True)) if rates else (0.0, 0.0)
    wanted = min(offered, most_fps) if most_fps else offered
    if taken >= wanted * LEAST_SHARE:
        return None
    shares = [min(1.0, taken / offered) for offered, taken in rates]
    return {
        "cameras": len(rates),
        "offered_fps": round(offered, 1),
        "taken_fps": round(taken, 1),
        "least_share": round(min(shares), 3),
        "most_share": round(max(shares), 3),
    }


class Saying:
    """Turns what :func:`shortfall` finds, look after look, into a line when it begins and one when it is over."""

    def __init__(self) -> None:
        self._said = False
        self._in_a_row = 0

    def hear(self, found: Mapping[str, Any] | None) -> str | None:
        """The line for the log, when there is news; None: there is none."""
        if (found is not None) == self._said:
            self._in_a_row = 0
            return None
        self._in_a_row += 1
        if self._in_a_row < SAID_AFTER:
            return None
        self._said, self._in_a_row = not self._said, 0
        return _line(found) if found is not None else "every frame is looked at again"


def _line(found: Mapping[str, Any]) -> str:
    several = found["cameras"] > 1
    who = f"{found['cameras']} cameras give" if several else "the camera gives"
    shares = f" (of each camera's {found['least_share']:.0%} to {found['most_share']:.0%})" if several else ""
    return (
        f"{who} {found['offered_fps']:.1f} frames a second and {found['taken_fps']:.1f} are looked at{shares}: always "
        "the newest, the others are dropped; for more, lower the cameras' rate or take a smaller model (edgedet tune)"
    )
