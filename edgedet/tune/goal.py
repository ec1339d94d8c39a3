"""What a board is to achieve: ``cpu<=60,fps>=5``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edgedet.errors import ConfigError

_WISH = re.compile(r"\s*(fps|cpu|latency)\s*(<=|>=|≤|≥)\s*(\d+(?:\.\d+)?)\s*", re.ASCII)
_AT_MOST = {"fps": False, "cpu": True, "latency": True}


@dataclass(frozen=True, slots=True)
class Goal:
    """Bounds, where there are any.

    Attributes:
        fps: frames a second that are detected, at least.
        cpu: percent of all the processors together, at most.
        latency: milliseconds from a frame being taken to its objects being known, at most.
    """

    fps: float | None = None
    cpu: float | None = None
    latency: float | None = None

    def __str__(self) -> str:
        bounds = (("cpu<=", self.cpu), ("fps>=", self.fps), ("latency<=", self.latency))
        return ",".join(f"{name}{value:g}" for name, value in bounds if value is not None)


def parse_goal(text: str) -> Goal:
    """A goal as it is written.

    >>> parse_goal("cpu<=60,fps>=5")
    Goal(fps=5.0, cpu=60.0, latency=None)

    Raises:
        ConfigError: it makes no sense.
    """
    bounds: dict[str, float] = {}
    for part in text.split(","):
        found = _WISH.fullmatch(part)
        if found is None:
            raise ConfigError(
                f"--goal: {part.strip() or 'nothing'}: not understood; write it like cpu<=60,fps>=5,latency<=200"
            )
        name, sign, value = found.groups()
        if (sign in ("<=", "≤")) != _AT_MOST[name]:
            right = "<=" if _AT_MOST[name] else ">="
            raise ConfigError(f"--goal: {part.strip()}: the wrong way round; write {name}{right}{value}")
        if name in bounds:
            raise ConfigError(f"--goal: {part.strip()}: {name} is there twice; name it once")
        if float(value) <= 0:
            raise ConfigError(f"--goal: {part.strip()}: nothing can be measured against 0; give more")
        bounds[name] = float(value)
    return Goal(**bounds)
