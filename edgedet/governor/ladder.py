"""The levels a governor steps through, each a little cooler than the one before.

Three things take heat away: fewer frames a second, fewer threads, a smaller model. Frames come first, since every
frame is then looked at as well as before. Threads wait for each other, so that fewer of them do the same work with
less: as soon as half of them keep up with the frames that are left, half of them it is. Down at the floor the model
gives way, and the frames a second rise again to what is cooler still.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

RATIO = 0.88
"""Frames a second of a level, of the one before: at most some five kelvins on a bare board that works at its limit."""
_COOLER = 0.97
"""Heat of a level, of the one before, at most: less of a difference isn't worth a step."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A way to run the detector.

    Attributes:
        model: its file; None: the one that was configured.
        threads: of its interpreter.
        heat: energy that one frame takes, of what it takes on the first rung; estimated.
        slowness: time that one frame takes, of what it takes on the first rung, at worst.
    """

    model: Path | None
    threads: int
    heat: float = 1.0
    slowness: float = 1.0


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the ladder.

    Attributes:
        rung: how the detector runs.
        fps: frames a second, at most.
        heat: what it takes a second, in frames of the first rung.
    """

    rung: Rung
    fps: float
    heat: float


def ladder(full: float, floor: float, rungs: Sequence[Rung]) -> tuple[Level, ...]:
    """The levels, the first being what runs now without a limit; each of the others cooler than the one before.

    Args:
        full: frames a second on the first rung, without a limit; above 0.
        floor: frames a second that no level is below, unless ``full`` is.
        rungs: the ways to run the detector, the best first; those of one model together, fewer and fewer threads.
    """
    levels = [Level(rungs[0], full, full * rungs[0].heat)]
    for _, same in groupby(rungs, key=lambda rung: rung.model):
        ways = list(same)
        for fps in _rates(full, min(floor, full)):
            keeping_up = [rung for rung in ways if full / rung.slowness >= fps]
            if keeping_up and fps * keeping_up[-1].heat <= levels[-1].heat * _COOLER:
                levels.append(Level(keeping_up[-1], fps, fps * keeping_up[-1].heat))
    return tuple(levels)


def _rates(full: float, floor: float) -> Iterator[float]:
    """Frames a second, from all to the floor."""
    fps = full
    while fps * _COOLER > floor:
        yield fps
        fps *= RATIO
    yield floor
