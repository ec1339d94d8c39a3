"""Measures every setting in turns, so that a machine that slows down as it warms up favours none of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from edgedet.bench import bench
from edgedet.board import Board
from edgedet.capture import Source
from edgedet.inference.detector import Detector
from edgedet.tune.kin import Kin

FEWEST, MOST = 8, 120
"""Frames of a turn."""
_TURNS = 3
"""Turns each setting should have in the time there is."""
_COST = 5
"""What a turn costs, in frames for each frame of it: the pipeline, bare invokes before and after it, reading alone."""


@dataclass(slots=True)
class Trial:
    """A setting, and what was measured of it: a value for each turn.

    Attributes:
        kin: the model.
        threads: of its interpreter.
        frames: of a turn.
        fps: frames a second through the whole pipeline, as fast as it goes.
        cpu_ms: milliseconds of processor time that one frame takes, of all threads.
        latency_ms: milliseconds from taking a frame to knowing its objects.
        rise: kelvins that the board warmed up by; nothing where it has no sensor.
    """

    kin: Kin
    threads: int
    detector: Detector
    frames: int = FEWEST
    fps: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    latency_ms: list[float] = field(default_factory=list)
    rise: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Figures:
    """The medians of a :class:`Trial`; its attributes are the same.

    Attributes:
        turns: how many there were.
    """

    kin: Kin
    threads: int
    turns: int
    fps: float
    cpu_ms: float
    latency_ms: float
    rise: float | None


def sweep(
    trials: Sequence[Trial],
    new_source: Callable[[], Source],
    board: Board,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[int]:
    """Measure for so long: each setting once at least, then on in turns. Yields after each turn, with its number.

    Args:
        trials: filled in.
        new_source: opens the source anew; not live.
        board: whose temperature is watched.
        seconds: how long.
        clock: seconds; monotonic.
    """
    end, number = clock() + seconds, 0
    for trial in trials:
        trial.frames = _frames(trial.detector, new_source, seconds / len(trials) / _TURNS)
    while True:
        for trial in trials:
            if number >= len(trials) and clock() >= end:
                return
            _measure(trial, new_source, board)
            number += 1
            yield number


def figures(trials: Sequence[Trial]) -> list[Figures]:
    """What was measured; a setting that had no turn is left out."""
    median = statistics.median
    return [
        Figures(
            each.kin, each.threads, len(each.fps), median(each.fps), median(each.cpu_ms), median(each.latency_ms),
            median(each.rise) if each.rise else None,
        )
        for each in trials if each.fps
    ]  # fmt: skip


def _measure(trial: Trial, new_source: Callable[[], Source], board: Board) -> None:
    before = board.read().celsius
    result = bench(trial.detector, new_source, rounds=1, frames=trial.frames)
    after = board.read().celsius
    stages = result["stages_ms"]
    trial.fps.append(result["pipeline_fps"])
    trial.cpu_ms.append(result["cpu_ms_per_frame"])
    trial.latency_ms.append(sum(stages.get(step, 0.0) for step in ("preprocess", "invoke", "decode")))
    if before is not None and after is not None:
        trial.rise.append(after - before)


def _frames(detector: Detector, new_source: Callable[[], Source], seconds: float) -> int:
    """How many fit into a turn."""
    source = new_source()
    source.open()
    frame = source.read()
    source.close()
    if frame is None:
        return FEWEST
    began = time.perf_counter()
    for _ in range(3):
        detector.detect(frame.image)
    each = (time.perf_counter() - began) / 3
    return min(MOST, max(FEWEST, int(seconds / each / _COST)))
