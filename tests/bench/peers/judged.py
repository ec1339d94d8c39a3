"""Medians of each loop's runs, and whether edgedet is ahead of it."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.bench.peers.agreement import LEAST, agreement, per_frame
from tests.bench.peers.loops.table import EDGEDET
from tests.bench.peers.runs import Run


@dataclass(frozen=True, slots=True)
class Row:
    """One loop's medians.

    Attributes:
        name: the loop's.
        fps, cpu_ms, memory_mb, startup_s, drawing_ms: of runs as fast as it can; see
            :class:`tests.bench.peers.runs.Run`.
        p50_ms, p99_ms: latency at the film's own rate.
        objects: confident ones in a frame.
        agreement: with edgedet's, 0 to 1.
        faster, cheaper: edgedet's frames a second over the loop's, and the loop's CPU over edgedet's, round by round.
    """

    name: str
    fps: float
    cpu_ms: float
    drawing_ms: float
    p50_ms: float
    p99_ms: float
    memory_mb: float
    startup_s: float
    objects: float
    agreement: float
    faster: float
    cheaper: float

    def behind(self) -> list[str]:
        """Why edgedet isn't ahead of it, or why the comparison means nothing; empty: it is."""
        reasons = []
        if self.agreement < LEAST:
            reasons.append(f"{self.name}: finds other objects than edgedet (agreement {self.agreement:.2f})")
        if self.faster <= 1:
            reasons.append(f"{self.name}: edgedet's frames a second are {self.faster:.3f} of its own")
        if self.cheaper <= 1:
            reasons.append(f"{self.name}: its CPU a frame is {self.cheaper:.3f} of edgedet's")
        return reasons


def rows(fast: Mapping[str, Sequence[Run]], paced: Mapping[str, Sequence[Run]]) -> list[Row]:
    """A row for each loop, in their order.

    Args:
        fast: the runs as fast as can be, by the loop's name, a run for each round.
        paced: those at the film's own rate.
    """
    ours = fast[EDGEDET]
    return [_row(name, runs, paced[name], ours) for name, runs in fast.items()]


def _row(name: str, fast: Sequence[Run], paced: Sequence[Run], ours: Sequence[Run]) -> Row:
    def median(attribute: str) -> float:
        return statistics.median(getattr(each, attribute) for each in fast)

    return Row(
        name,
        median("fps"),
        median("cpu_ms"),
        median("drawing_ms"),
        statistics.median(each.latency_ms[0] for each in paced),
        statistics.median(each.latency_ms[1] for each in paced),
        median("memory_mb"),
        median("startup_s"),
        per_frame(fast[0].found),
        agreement(ours[0].found, fast[0].found),
        statistics.median(our.fps / each.fps for our, each in zip(ours, fast, strict=True)),
        statistics.median(each.cpu_ms / our.cpu_ms for our, each in zip(ours, fast, strict=True)),
    )
