"""What the pipeline costs beside the bare interpreter, both measured in one run.

Machines are noisy, so the two take turns (a round of bare invokes, a round of the whole pipeline, and again) and
the figures are medians over the rounds.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from edgedet.bench.counters import Counters, NotCounted
from edgedet.bench.turn import PipelineTurn, bare_invokes, read_only
from edgedet.camera import Camera
from edgedet.capture import Source
from edgedet.inference.detector import Detector
from edgedet.monitor import STEPS
from edgedet.publish.jsonl import JsonlPublisher
from edgedet.publish.null import NullPublisher
from edgedet.stats import Ring, percentiles_ms


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
        frame from the source, nothing else. ``invoke_counted`` and ``frame_counted`` are the cycles and instructions of
        one, in a turn of their own (:class:`edgedet.bench.counters.Counters`), or null: ``not_counted`` says why.
    """
    invokes = Ring()
    ratios, bare_fps, pipeline_fps, frame_cpu, invoke_cpu, read_cpu = [], [], [], [], [], []
    stages: dict[str, list[float]] = {}
    before, cpu = bare_invokes(detector, frames, invokes)
    for _ in range(rounds):
        turn = _pipeline(detector, new_source(), frames)
        after, cpu = bare_invokes(detector, frames, invokes)
        fps = (before + after) / 2  # a machine that speeds up or slows down meanwhile favours neither
        before = after
        bare_fps.append(fps)
        invoke_cpu.append(cpu)
        pipeline_fps.append(turn.fps)
        frame_cpu.append(turn.cpu_ms)
        ratios.append(turn.fps / fps)
        read_cpu.append(read_only(new_source(), frames))
        for step in (*STEPS, "publish"):
            if turn.latency_ms[step]:
                stages.setdefault(step, []).append(turn.latency_ms[step]["p50"])
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
    } | _counted(detector, new_source(), frames)


def _counted(detector: Detector, source: Source, frames: int) -> dict[str, Any]:
    """One more turn of each: what counts costs the others nothing."""
    try:
        counters = Counters()
    except NotCounted as reason:
        return {"invoke_counted": None, "frame_counted": None, "not_counted": str(reason)}
    with closing(counters):
        marks = [counters.read()]

        def mark() -> None:
            marks.append(counters.read())

        bare_invokes(detector, frames, Ring())
        mark()
        _pipeline(detector, source, frames, mark, mark)
    invoke, frame = ((end - start).each(frames) for start, end in (marks[:2], marks[2:]))
    return {"invoke_counted": asdict(invoke), "frame_counted": asdict(frame), "not_counted": None}


def _pipeline(
    detector: Detector,
    source: Source,
    frames: int,
    on_warm: Callable[[], None] = lambda: None,
    on_done: Callable[[], None] = lambda: None,
) -> PipelineTurn:
    with tempfile.TemporaryDirectory() as folder:
        lines = JsonlPublisher(str(Path(folder) / "lines.jsonl"))
        return PipelineTurn(Camera(source), detector, [NullPublisher(), lines], frames, on_warm, on_done)
