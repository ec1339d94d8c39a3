"""What the pipeline costs beside the bare interpreter, both measured in one run.

Machines are noisy, so the two take turns (a round of bare invokes, a round of the whole pipeline, and again) and
the figures are medians over the rounds.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from edgedet.app import App
from edgedet.camera import Camera
from edgedet.capture import Source
from edgedet.inference.detector import Detector
from edgedet.monitor import STEPS
from edgedet.publish.jsonl import JsonlPublisher
from edgedet.publish.null import NullPublisher
from edgedet.stats import Ring, percentiles_ms
from edgedet.types import FrameResult

WARM_UP = 10
"""Results of a round that aren't counted, while its threads and caches settle."""


def bench(
    detector: Detector, new_source: Callable[[], Source], rounds: int = 5, frames: int = 120, startup_s: float = 0
) -> dict[str, Any]:
    """Measure bare invokes and the whole pipeline, with decode, resize, NMS, overlay and JSON lines, in turns.

    Args:
        detector: the model, already warm.
        new_source: opens the source anew for each round; not live, so that every frame counts.
        rounds: how many turns each takes.
        frames: frames (and invokes) in a round, a few more to warm up not counted.
        startup_s: seconds from the process's start to its first detection, passed through to the result.

    Returns:
        ``edgedet bench --json``'s object. ``pipeline_ratio`` is the median over rounds of pipeline FPS / bare
        invoke FPS; ``cpu_ms_per_frame`` counts all threads; ``cpu_ms_floor`` is one bare invoke plus reading one
        frame from the source, nothing else.
    """
    invokes = Ring()
    ratios, bare_fps, pipeline_fps, frame_cpu, invoke_cpu, read_cpu = [], [], [], [], [], []
    stages: dict[str, list[float]] = {}
    before, cpu = _bare(detector, frames, invokes)
    for _ in range(rounds):
        run = _Pipeline(detector, new_source(), frames)
        after, cpu = _bare(detector, frames, invokes)
        fps = (before + after) / 2  # a machine that speeds up or slows down meanwhile favours neither
        before = after
        bare_fps.append(fps)
        invoke_cpu.append(cpu)
        pipeline_fps.append(run.fps)
        frame_cpu.append(run.cpu_ms)
        ratios.append(run.fps / fps)
        read_cpu.append(_read_only(new_source(), frames))
        for step, milliseconds in run.stages_ms.items():
            stages.setdefault(step, []).append(milliseconds)
    tails = percentiles_ms(invokes.values()) or {"p50": 0.0, "p95": 0.0}
    return {
        "model": str(detector.model.path),
        "runtime": detector.runtime.name,
        "threads": detector.runtime.threads,
        "invoke_ms": {"p50": tails["p50"], "p95": tails["p95"]},
        "invoke_fps": round(statistics.median(bare_fps), 2),
        "pipeline_fps": round(statistics.median(pipeline_fps), 2),
        "pipeline_ratio": round(statistics.median(ratios), 4),
        "cpu_ms_per_frame": round(statistics.median(frame_cpu), 3),
        "cpu_ms_floor": round(statistics.median(invoke_cpu) + statistics.median(read_cpu), 3),
        "stages_ms": {step: round(statistics.median(values), 3) for step, values in stages.items()},
        "rss_mb": round(psutil.Process().memory_info().rss / 2**20, 1),
        "startup_s": round(startup_s, 3),
        "rounds": rounds,
        "frames": frames,
    }


def _bare(detector: Detector, count: int, times: Ring) -> tuple[float, float]:
    """Invokes per second and CPU milliseconds of one, with nothing around them."""
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        before = time.perf_counter()
        detector.runtime.invoke()
        times.append(time.perf_counter() - before)
    return count / (time.perf_counter() - start), (time.process_time() - cpu) / count * 1e3


def _read_only(source: Source, count: int) -> float:
    """CPU milliseconds of reading one frame from the source."""
    source.open()
    cpu, read = time.process_time(), 0
    while read < count and source.read() is not None:
        read += 1
    spent = time.process_time() - cpu
    source.close()
    return spent / max(read, 1) * 1e3


class _Pipeline:
    """One round of the whole: its FPS and CPU are taken between the first counted result and the last."""

    def __init__(self, detector: Detector, source: Source, frames: int) -> None:
        self._count, self._frames = 0, frames
        self._start = self._end = (0.0, 0.0)
        with tempfile.TemporaryDirectory() as folder:
            lines = JsonlPublisher(str(Path(folder) / "lines.jsonl"))
            app = App([Camera(source)], detector, [NullPublisher(), lines], interval=0, on_result=self._mark)
            latency = app.run(frames=frames + WARM_UP)["latency_ms"]
        measured = max(1, self._count - WARM_UP)
        self.fps = measured / max(self._end[0] - self._start[0], 1e-9)
        self.cpu_ms = (self._end[1] - self._start[1]) / measured * 1e3
        self.stages_ms = {step: latency[step]["p50"] for step in (*STEPS, "publish") if latency[step]}

    def _mark(self, _: FrameResult) -> None:
        self._count += 1
        now = (time.perf_counter(), time.process_time())
        if self._count == WARM_UP:
            self._start = now
        self._end = now


def seconds_since_start() -> float:
    """Seconds since this process was started, its interpreter's own start included."""
    return time.time() - psutil.Process(os.getpid()).create_time()
