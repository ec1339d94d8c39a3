"""What takes turns in a measurement: bare invokes, reading alone, and the pipeline."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import psutil

from edgedet.app import App
from edgedet.camera import Camera
from edgedet.capture import Source
from edgedet.inference.apart.runtime import ApartRuntime
from edgedet.inference.detector import Detector
from edgedet.publish import Publisher
from edgedet.stats import Ring
from edgedet.types import FrameResult

WARM_UP = 10
"""Results of a turn that aren't counted, while its threads and caches settle."""


def bare_invokes(
    detector: Detector, count: int, times: Ring, before_each: Callable[[], None] = lambda: None
) -> tuple[float, float]:
    """Invokes with nothing around them.

    Args:
        detector: the model, already warm.
        count: how many.
        times: takes the seconds of each.
        before_each: called before each of them.

    Returns:
        How many a second, and the processor's milliseconds of one, all threads.
    """
    start, cpu = time.perf_counter(), _cpu_seconds(detector)
    for _ in range(count):
        before_each()
        before = time.perf_counter()
        detector.runtime.invoke()
        times.append(time.perf_counter() - before)
    return count / (time.perf_counter() - start), (_cpu_seconds(detector) - cpu) / count * 1e3


def read_only(source: Source, count: int) -> float:
    """The processor's milliseconds of reading one frame of so many from a source, which isn't open yet."""
    source.open()
    cpu, read = time.process_time(), 0
    while read < count and source.read() is not None:
        read += 1
    spent = time.process_time() - cpu
    source.close()
    return spent / max(read, 1) * 1e3


def _cpu_seconds(detector: Detector) -> float:
    """Of this process, and of the detector's own where it has one."""
    runtime = detector.runtime
    return time.process_time() + (runtime.cpu_seconds() if isinstance(runtime, ApartRuntime) else 0.0)


class PipelineTurn:
    """One turn of the whole, run when it is made: figures are taken between the first counted result and the last.

    Args:
        camera: with a source that isn't live, so that every frame counts, and doesn't end.
        detector: the model, already warm.
        publishers: where its results go.
        frames: how many are counted, after :data:`WARM_UP`.
        on_warm, on_done: called in the detect thread when counting begins, and when it has ended.

    Attributes:
        fps: frames a second.
        cpu_ms: the processor's milliseconds of one frame, all threads.
        latency_ms: the monitor's percentiles of each step.
    """

    def __init__(
        self,
        camera: Camera,
        detector: Detector,
        publishers: Sequence[Publisher],
        frames: int,
        on_warm: Callable[[], None] = lambda: None,
        on_done: Callable[[], None] = lambda: None,
    ) -> None:
        self._count, self._frames, self._on_warm, self._on_done = 0, frames, on_warm, on_done
        self._detector = detector
        self._start = self._end = (0.0, 0.0)
        app = App([camera], detector, publishers, interval=0, on_result=self._mark)
        self.latency_ms: dict[str, Any] = app.run(frames=frames + WARM_UP)["latency_ms"]
        measured = max(1, self._count - WARM_UP)
        self.fps = measured / max(self._end[0] - self._start[0], 1e-9)
        self.cpu_ms = (self._end[1] - self._start[1]) / measured * 1e3

    def _mark(self, _: FrameResult) -> None:
        self._count += 1
        if self._count == WARM_UP:
            self._on_warm()
            self._start = (time.perf_counter(), _cpu_seconds(self._detector))
        self._end = (time.perf_counter(), _cpu_seconds(self._detector))
        if self._count == WARM_UP + self._frames:
            self._on_done()


def seconds_since_start() -> float:
    """Seconds since this process was started, its interpreter's own start included."""
    return time.time() - psutil.Process(os.getpid()).create_time()
