"""Judges the program against its floor: bare invokes, bare decoding, and what was promised.

    python -m tests.bench.floor [--json FILE] [--rounds 9] [--frames 150] [--seconds 40]

Everything is measured in one run, what is compared in turns; figures are medians. Prints each limit with its figure,
and ends with 1 if one is missed. It means something on a machine that does nothing else: two minutes.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from edgedet.disk import disk_error
from edgedet.stats import percentiles_ms
from tests.bench import floor_live, floor_pipeline, floor_start
from tests.bench.floor_film import film

START_RUNS, HELP_RUNS = 5, 10
RATIO, CPU_TO_INVOKE = "pipeline to bare invoke, JSON lines", "CPU of a frame to invoke alone"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its limit.

    Attributes:
        name: what was measured.
        limit: the least it may be, or the most; None: it is there to judge the others by.
        least: whether it is the least.
        figure: what it is.
        unit: of both; empty: a ratio.
        note: what it was made of.
    """

    name: str
    limit: float | None
    least: bool
    figure: float
    unit: str = ""
    note: str = ""

    @property
    def kept(self) -> bool:
        """Whether the limit is."""
        if self.limit is None:
            return True
        return self.figure >= self.limit if self.least else self.figure <= self.limit


def measure(rounds: int, frames: int, seconds: float) -> list[Figure]:
    """All figures.

    Args:
        rounds: turns of the pipelines and of the bare interpreter.
        frames: of a turn.
        seconds: how long the live camera runs.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shown = film(folder)
        fast = floor_pipeline.measure(shown, folder, rounds, frames)
        paced = floor_live.paced_invokes(seconds / 2)
        live = floor_live.measure(shown, folder, seconds)
        paced = np.concatenate([paced, floor_live.paced_invokes(seconds / 2)])
        start, help_text = floor_start.detection_s(shown, folder, START_RUNS), floor_start.help_s(folder, HELP_RUNS)
    p50, machine = fast.invoke_p50_ms, percentiles_ms(paced)
    assert machine is not None, "no frame came in so little time"
    middle = {
        name: sorted(values)[len(values) // 2] for name, values in asdict(fast).items() if name != "invoke_p50_ms"
    }
    return [
        Figure(RATIO, 0.97, True, fast.plain_ratio, note=f"{middle['plain']:.1f} fps"),
        Figure(
            "the same, to invoke beside as busy a core", None, True, fast.beside_ratio,
            note=f"{middle['beside'] / middle['bare']:.3f} of bare invoke: what this machine's cores share",
        ),
        Figure(
            "pipeline to bare invoke, with a viewer", 0.93, True, fast.viewed_ratio,
            note=f"{middle['viewed']:.1f} fps, {middle['watched']:.0%} of the frames were seen",
        ),
        Figure(
            "CPU of a frame to invoke + decode", 1.15, False, fast.cpu_ratio,
            note=f"{middle['frame_cpu']:.2f} to {middle['invoke_cpu']:.2f} + {middle['decode_cpu']:.2f} ms",
        ),
        Figure(
            "the same, no colours converted", None, True, fast.planes_ratio,
            note=f"{middle['planes_cpu']:.2f} ms to decode: frames that no model can be given",
        ),
        Figure(CPU_TO_INVOKE, None, True, middle["frame_cpu"] / middle["invoke_cpu"], note="what a projection needs"),
        Figure(
            "capture to published, p99", 2 * p50 + 10, False, live.p99_ms, "ms",
            f"2 x {p50:.1f} ms invoke + 10 ms; p50 {live.p50_ms:.1f} ms, {live.fps:.1f} fps, {live.dropped} dropped",
        ),
        Figure(
            "bare invokes at that pace, p99", None, True, machine["p99"], "ms",
            f"right before and after, so this is the machine's own; p50 {machine['p50']:.1f} ms",
        ),
        Figure("memory (RSS)", 150, False, live.rss_mb, "MB", "the most, live at 30 frames a second"),
        Figure("start to first detection", 1.0, False, start, "s", f"median of {START_RUNS}"),
        Figure("edgedet --help", 0.12, False, help_text, "s", f"median of {HELP_RUNS}"),
    ]  # fmt: skip


def table(figures: Sequence[Figure]) -> str:
    """A line for each figure."""
    lines = [f"{'':42} {'limit':>10} {'figure':>10}"]
    for each in figures:
        limit = "" if each.limit is None else f"{'>=' if each.least else '<='} {each.limit:.3g}"
        verdict = "" if each.limit is None else "kept" if each.kept else "MISSED"
        lines.append(f"{each.name:42} {limit:>10} {each.figure:>10.3f} {each.unit:2} {verdict:6}  {each.note}".rstrip())
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.floor", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the figures there too")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--frames", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=40)
    options = parser.parse_args()
    figures = measure(options.rounds, options.frames, options.seconds)
    print(table(figures))
    if options.json is not None:
        about = {"machine": platform.machine(), "python": platform.python_version()}
        found = [asdict(each) | {"kept": each.kept} for each in figures]
        try:
            options.json.write_text(json.dumps(about | {"figures": found}, indent=1) + "\n")
        except OSError as error:
            sys.exit(str(disk_error(options.json, error)))
    return 0 if all(each.kept for each in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
