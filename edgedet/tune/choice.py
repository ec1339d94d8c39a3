"""Which of the measured settings meets a goal, and which comes nearest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from edgedet.tune.goal import Goal
from edgedet.tune.sweep import Figures


@dataclass(frozen=True, slots=True)
class Rated:
    """A setting beside a goal.

    Attributes:
        figures: what was measured.
        fps: frames a second it may detect: all it can, or what the processor time of the goal allows.
        cpu: percent of all the processors at that rate.
        share: how near it comes: 1 or more meets the goal.
        held: whether ``fps`` is less than it could do, and has to be held there.
    """

    figures: Figures
    fps: float
    cpu: float
    share: float
    held: bool

    @property
    def meets(self) -> bool:
        """Whether all bounds are kept."""
        return self.share >= 1


def rate(figures: Figures, goal: Goal, cores: int) -> Rated:
    """Put a setting beside a goal.

    Args:
        figures: what was measured.
        goal: the bounds.
        cores: processors of this machine.
    """
    percent_a_frame = figures.cpu_ms / 10 / cores  # percent of all processors, for one frame a second
    allowed = goal.cpu / percent_a_frame if goal.cpu is not None else math.inf
    fps = min(figures.fps, allowed)
    shares = [fps / goal.fps if goal.fps is not None else math.inf]
    if goal.latency is not None:
        shares.append(goal.latency / figures.latency_ms)
    return Rated(figures, fps, fps * percent_a_frame, min(shares), allowed < figures.fps)


def choose(rated: Sequence[Rated]) -> Rated:
    """The best: of those that meet the goal the most accurate, then the one that takes the least processor time.

    Where none does, the one that comes nearest. There must be one at least.
    """
    meeting = [each for each in rated if each.meets]
    if meeting:
        return max(meeting, key=lambda each: (each.figures.kin.accuracy or 0.0, -each.figures.cpu_ms))
    return max(rated, key=lambda each: each.share)


def settings_of(chosen: Rated) -> dict[str, str | int | float]:
    """The settings that make it so, by key name."""
    most = math.floor(chosen.fps * 10) / 10 if chosen.held else 0.0
    return {
        "model.path": chosen.figures.kin.name,
        "model.threads": chosen.figures.threads,
        "governor.most_fps": max(most, 0.1) if chosen.held else 0,
    }
