"""The page of figures that a run writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.bench.peers.judged import Row
from tests.bench.peers.loops.table import LOOPS

HEAD = (
    *("loop", "frames a second", "CPU ms a frame", "of it drawing", "latency p50", "p99 ms", "memory MB", "start s"),
    *("objects a frame", "agreement", "edgedet faster", "edgedet cheaper"),
)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a run was taken with: the film's name, its frames a second, rounds, seconds of each run, the machine."""

    film: str
    fps: float
    rounds: int
    seconds: float
    machine: str


def table(found: Sequence[Row]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(HEAD)} |", f"|{' --- |' * len(HEAD)}"]
    for row in found:
        cells = (
            *(row.name, f"{row.fps:.1f}", f"{row.cpu_ms:.1f}", f"{row.drawing_ms:.2f}"),
            *(f"{row.p50_ms:.1f}", f"{row.p99_ms:.1f}", f"{row.memory_mb:.0f}", f"{row.startup_s:.2f}"),
            *(f"{row.objects:.2f}", f"{row.agreement:.2f}"),
            *(f"x {row.faster:.2f}", f"x {row.cheaper:.2f}"),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def page(found: Sequence[Row], failed: Mapping[str, str], about: Circumstances) -> str:
    """The whole page.

    Args:
        found: the rows.
        failed: loops that didn't run, by name, and why.
        about: how it was taken.
    """
    settings = "\n".join(f"- {loop.name}: {loop.settings}." for loop in LOOPS if loop.name not in failed)
    absent = "".join(f"\n- {name}: not run: {why}" for name, why in failed.items())
    return f"""# edgedet beside its peers

Written by `python -m tests.bench.peers --write` on {datetime.now(UTC):%Y-%m-%d}, {about.machine}.

{table(found)}

The same film ({about.film}) over and over and the same network (starter-320-int8) for all, {about.rounds} rounds of
{about.seconds:g} s, in turns, each loop a fresh process every time; medians. Frames a second, CPU, memory and start
are of runs as fast as can be; latency is of runs at the film's own {about.fps:g} frames a second, from a frame's
arrival to its line. CPU is that of all processes of a loop; memory is resident, shared pages counted once; the start
is from the command to the first line. Every loop prints a JSON line a frame. edgedet tracks besides; the peers but
Frigate's routine draw, since nobody has to watch for that there: "of it drawing" says what it costs them. Agreement
is F1 of the confident objects with edgedet's, overlap 0.5. The last two columns are medians of ratios, round by round;
"edgedet as it comes" is there to see what its motion gate spares and isn't judged.

{settings}{absent}
"""
