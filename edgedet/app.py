"""Wires the stages together and owns every thread.

    source -> slot -> detector -> a slot for each -> publisher

A live source's slots drop what comes too late; a file's wait, so every frame is seen.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import cv2

from edgedet.capture import Source
from edgedet.errors import EdgedetError
from edgedet.inference.detector import Detector
from edgedet.monitor import Monitor, status_line
from edgedet.publish import Publisher
from edgedet.slot import Slot
from edgedet.stats import StageStats
from edgedet.types import Frame, FrameResult

log = logging.getLogger(__name__)

STOP_WITHIN = 2.0
"""Seconds all threads together have to end after a stop was asked for."""

SWITCH_INTERVAL = 0.0005
"""Seconds a busy Python thread may hold the interpreter lock while the detect thread waits to come back from an
invoke. At Python's default of 5 ms short invokes lost up to 39 % beside such a thread; with this, nearly nothing."""

RETRY_FIRST, RETRY_MOST = 1.0, 30.0
"""Seconds before a failed publisher of a live source is opened again: doubled each time, up to the second."""

_M_ARENA_MAX = -8


class App:
    """One camera: a source, a detector and any number of publishers, running until stopped or done.

    Args:
        source: where frames come from; ``live`` decides whether late frames are dropped.
        detector: what finds the objects.
        publishers: where results go.
        interval: seconds between status lines; 0: none.
        on_result: called in the detect thread with each result, for what must see every one of them.
    """

    def __init__(
        self,
        source: Source,
        detector: Detector,
        publishers: Sequence[Publisher],
        interval: float = 5.0,
        on_result: Callable[[FrameResult], None] | None = None,
    ) -> None:
        lossless = not source.live
        self._source, self._detector = source, detector
        self._frames = Slot[Frame](lossless)
        self._lanes = [_Lane(p, lossless, self._fail) for p in publishers]
        self._capture, self._detect = StageStats("capture"), StageStats("detect")
        self._seen: Counter[str] = Counter()
        self._interval, self._on_result = interval, on_result
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._failure: BaseException | None = None
        self._left = 0
        drops = {"detect": lambda: self._frames.dropped}
        drops |= {lane.stats.name: lane.dropped for lane in self._lanes}
        about = {
            "model": str(detector.model.path),
            "runtime": detector.runtime.name,
            "threads": detector.runtime.threads,
        }
        stages = [lane.stats for lane in self._lanes]
        self._monitor = Monitor(source, self._capture, self._detect, stages, drops, self._seen, about)

    def run(self, frames: int = 0, seconds: float = 0) -> dict[str, Any]:
        """Run until the source ends, :meth:`stop`, so many frames are detected or so many seconds have passed.

        Returns:
            The monitor's last report.

        Raises:
            EdgedetError: the source or a publisher can't be opened, or failed for good.
        """
        sys.setswitchinterval(SWITCH_INTERVAL)
        _share_memory()
        cv2.setNumThreads(1)  # a small resize is quicker alone than handed to a pool
        self._left = frames
        threads: list[threading.Thread] = []
        try:
            for lane in self._lanes:
                lane.publisher.open()
            threads += [self._thread(lane.run, lane.stats.name) for lane in self._lanes]
            threads.append(self._thread(self._detect_all, "detect"))
            threads.append(self._thread(self._capture_all, "capture"))
            self._wait(threads, time.monotonic() + seconds if seconds else None)
        finally:
            self.stop()
            self._join(threads)
            report = self._monitor.report()
            for lane in self._lanes:
                lane.close()
        if self._failure is not None:
            raise self._failure
        return report

    def stop(self) -> None:
        """End :meth:`run` soon; from any thread, twice too. Not from a signal handler: it takes a lock."""
        self._stopping.set()
        self._wake.set()

    def report(self) -> dict[str, Any]:
        """What the monitor sees now."""
        return self._monitor.report()

    def _thread(self, target: Callable[[], None], name: str) -> threading.Thread:
        def guarded() -> None:
            try:
                target()
            except BaseException as error:
                self._fail(error)
            self._wake.set()

        thread = threading.Thread(target=guarded, name=f"edgedet-{name}", daemon=True)
        thread.start()
        return thread

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self.stop()

    def _wait(self, threads: Sequence[threading.Thread], deadline: float | None) -> None:
        """Until stopped, the deadline, or every thread has come to its own end; a status line now and then."""
        next_line = time.monotonic() + self._interval if self._interval else float("inf")
        until = deadline if deadline is not None else float("inf")
        while not self._stopping.is_set() and any(thread.is_alive() for thread in threads):
            now = time.monotonic()
            if now >= until:
                return
            if now >= next_line:
                log.info("%s", status_line(self._monitor.report()))
                next_line = now + self._interval
            self._wake.wait(min(until, next_line, now + 60) - now)
            self._wake.clear()

    def _join(self, threads: Sequence[threading.Thread]) -> None:
        """Left to right: the source, its slot, the detector, the publishers; all against one deadline."""
        self._source.close()
        self._frames.close(discard=True)
        deadline = time.monotonic() + STOP_WITHIN
        for thread in reversed(threads):
            thread.join(max(0.0, deadline - time.monotonic()))
        late = [thread.name for thread in threads if thread.is_alive()]
        if late:
            log.error("still running %.0f s after the stop: %s", STOP_WITHIN, ", ".join(late))
            self._failure = self._failure or RuntimeError(f"threads that would not end: {', '.join(late)}")

    def _capture_all(self) -> None:
        try:
            self._source.open()
            while not self._stopping.is_set():
                frame = self._source.read()
                if frame is None or not self._frames.put(frame):
                    break
                self._capture.beat()
        finally:
            self._source.close()
            self._frames.close()

    def _detect_all(self) -> None:
        try:
            for frame in self._frames:
                self._publish(self._detect_one(frame))
                self._left -= 1
                if self._left == 0 or self._stopping.is_set():
                    self.stop()
                    break
        finally:
            self._frames.close(discard=True)  # a capture thread waiting for room would wait for ever
            for lane in self._lanes:
                lane.slot.close()

    def _detect_one(self, frame: Frame) -> FrameResult:
        age = time.monotonic() - frame.monotonic
        found, stage_s = self._detector.detect_timed(frame.image)
        stage_s["age"] = age
        self._detect.beat(**stage_s, end_to_end=time.monotonic() - frame.monotonic)
        for class_id in found.class_ids.tolist():
            self._seen[found.labels[class_id]] += 1
        return FrameResult(frame, found, stage_s, self._detect.rate())

    def _publish(self, result: FrameResult) -> None:
        if self._on_result is not None:
            self._on_result(result)
        for lane in self._lanes:
            lane.slot.put(result)


def _share_memory() -> None:
    """Let the threads share two of glibc's memory arenas.

    By default each thread gets its own, and what a frame leaves behind in one is no use to another.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library has other ways
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


class _Lane:
    """A publisher with its own slot, counters and thread: what is slow or broken here is felt here alone."""

    def __init__(self, publisher: Publisher, lossless: bool, fail: Callable[[BaseException], None]) -> None:
        self.publisher, self.slot = publisher, Slot[FrameResult](lossless)
        self.stats = StageStats(publisher.name)
        self._lossless, self._fail = lossless, fail
        self._open = True
        self._retry = RETRY_FIRST

    def dropped(self) -> int:
        return self.slot.dropped

    def run(self) -> None:
        """Publish what comes until the slot is closed."""
        for result in self.slot:
            start = time.monotonic()
            try:
                self.publisher.publish(result)
            except Exception as error:
                # a reader that closed its pipe won't come back
                if self._lossless or isinstance(error, BrokenPipeError):
                    self.slot.close(discard=True)
                    raise
                self._reopen(error)
            else:
                now = time.monotonic()
                self._retry = RETRY_FIRST
                self.stats.beat(publish=now - start, end_to_end=now - result.frame.monotonic)

    def _reopen(self, error: Exception) -> None:
        """Detection goes on without a failed publisher of a live source, which is opened again after a pause."""
        while not self.slot.closed:
            self.stats.errors += 1
            text = str(error) if isinstance(error, EdgedetError) else f"{type(error).__name__}: {error}"
            log.error("%s stopped: %s; trying again in %.0f s", self.stats.name, text, self._retry)
            log.debug("where %s stopped:", self.stats.name, exc_info=error)
            self.close()
            pause = time.monotonic() + self._retry
            self._retry = min(self._retry * 2, RETRY_MOST)
            while time.monotonic() < pause and not self.slot.closed:
                time.sleep(0.1)
            if self.slot.closed:
                return
            try:
                self.publisher.open()
            except Exception as again:
                error = again
                continue
            self._open = True
            log.info("%s runs again", self.stats.name)
            return

    def close(self) -> None:
        """Finish the publisher; an error is logged: there is nobody left to handle it."""
        if not self._open:
            return
        self._open = False
        try:
            self.publisher.close()
        except Exception as error:
            if self._lossless:
                self._fail(error)
            log.error("%s: %s", self.stats.name, error)
