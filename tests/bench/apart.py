"""What a model costs in a process of its own, against the same one in this process.

    python -m tests.bench.apart [--rounds 15] [--frames 200] [--model FILE]

All three ways take turns in one run. Prints what each invoke takes more, with the picture's way into the model, and
what the processor does for it in all processes; ends with 1 if a limit is missed. It means something on a machine that
does nothing else.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import psutil

from edgedet.inference.apart.runtime import ApartRuntime
from edgedet.inference.detector import Detector
from edgedet.types import Image
from tests.bench.turns import in_turns

MOST_MS, MOST_CPU = 0.3, 1.03
"""The limits: milliseconds added to the median, and times the CPU time of a frame."""

WAYS = ("off", "process", "sandbox")


def turn(detector: Detector, picture: Image, frames: int) -> tuple[float, float, float]:
    """Milliseconds of one picture: the median, the 99th percentile, and of the processor."""
    detector.detect_timed(picture)
    took, cpu = np.empty(frames), cpu_seconds(detector)
    for number in range(frames):
        start = time.perf_counter()
        detector.detect_timed(picture)
        took[number] = time.perf_counter() - start
    cpu = cpu_seconds(detector) - cpu
    return float(np.median(took)) * 1e3, float(np.percentile(took, 99)) * 1e3, cpu / frames * 1e3


def cpu_seconds(detector: Detector) -> float:
    """Of this process and the model's."""
    own, runtime = time.process_time(), detector.runtime
    return own + (runtime.cpu_seconds() if isinstance(runtime, ApartRuntime) else 0.0)


def rss_mb(detector: Detector) -> float:
    """Memory of the model's own process; 0: it has none."""
    runtime = detector.runtime
    return float(runtime.report()["rss_mb"]) if isinstance(runtime, ApartRuntime) else 0.0


def main() -> int:
    """The exit code."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--frames", type=int, default=200)
    options.add_argument("--model", type=Path)
    asked = options.parse_args()
    picture = np.random.default_rng(0).integers(0, 256, (432, 768, 3), np.uint8)
    detectors = {way: Detector(asked.model, threads=1, isolate=way) for way in WAYS}
    turns = {way: partial(turn, each, picture, asked.frames) for way, each in detectors.items()}
    found = in_turns(turns, asked.rounds)
    kept = True
    for way, figures in found.items():
        median, p99, cpu = (statistics.median(values) for values in zip(*figures, strict=True))
        more = statistics.median(a[0] - b[0] for a, b in zip(figures, found["off"], strict=True))
        ratio = statistics.median(a[2] / b[2] for a, b in zip(figures, found["off"], strict=True))
        kept &= more <= MOST_MS and ratio <= MOST_CPU
        print(
            f"{way:8} {median:7.3f} ms (p99 {p99:.3f}), {more:+.3f} ms (limit {MOST_MS}); CPU {cpu:.3f} ms, "
            f"{ratio:.3f} times (limit {MOST_CPU}); its process {rss_mb(detectors[way]):.0f} MB"
        )
    print(f"this process {psutil.Process().memory_info().rss / 2**20:.0f} MB, with the model of the first in it")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
