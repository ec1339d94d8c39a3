"""The detect thread: takes each camera's newest frame in turn, finds what is in it, hands the results on."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from edgedet.camera import Camera
from edgedet.errors import InferenceLost
from edgedet.events.change import Change
from edgedet.inference.apart.runtime import ApartRuntime
from edgedet.inference.detector import Detector
from edgedet.slot import Turns
from edgedet.types import Detections, Frame, FrameResult

BACK_WITHIN = 60.0
"""Seconds a film waits for a model's process that is being started again."""


class Detecting:
    """Cameras that share one detector.

    Args:
        cameras: by name, each with its source; ``live`` there decides whether late frames are dropped.
        detector: what finds the objects; each camera gets its turn.
        on_changes: takes events that started, changed or ended; never waits.
        on_result: takes each result; never waits.

    Attributes:
        frames: a slot for each camera, None in it says that there will be none for long.
        detector: what finds the objects now.
        most_fps: frames a second taken at most, of all live cameras together; 0: as many as can be. Any thread may
            set it.
        missed: frames that nobody looked at because the model's process was gone.
    """

    def __init__(
        self,
        cameras: Mapping[str, Camera],
        detector: Detector,
        on_changes: Callable[[Sequence[Change]], None],
        on_result: Callable[[FrameResult], None],
    ) -> None:
        self.frames = Turns[Frame | None](list(cameras), {name for name, each in cameras.items() if not each.live})
        self.detector, self.most_fps, self.missed = detector, 0.0, 0
        self._cameras, self._on_changes, self._on_result = cameras, on_changes, on_result
        self._newest: dict[str, FrameResult] = {}
        self._between = deque[Callable[[], None]]()
        self._stopping = threading.Event()

    def newest(self, camera: str) -> FrameResult | None:
        """The latest result of a camera; None before the first, and while it is private."""
        return self._newest.get(camera)

    def between_frames(self, change: Callable[[], None]) -> None:
        """Have something done by the detect thread, where nothing else touches what belongs to it."""
        self._between.append(change)

    def use(self, detector: Detector) -> None:
        """Go on with another detector from the next frame on; from any thread.

        Raises:
            ValueError: it knows other labels: rules and tracks speak of the present ones.
        """
        if detector.labels != self.detector.labels:
            raise ValueError(f"{detector.model.path} has other labels than {self.detector.model.path}")

        def change() -> None:
            self.detector = detector

        self.between_frames(change)

    def about(self) -> dict[str, Any]:
        """What runs: ``model``, ``runtime``, ``threads`` and the most frames a second that are taken, 0: no limit.

        ``inference``, where the model runs in a process of its own: how that goes, and how many frames it ``missed``.
        """
        runtime = self.detector.runtime
        model = str(self.detector.model.path)
        about = {"model": model, "runtime": runtime.name, "threads": runtime.threads, "most_fps": self.most_fps}
        if isinstance(runtime, ApartRuntime):
            about["inference"] = {**runtime.report(), "missed": self.missed}
        return about

    def run(self, frames: int = 0) -> None:
        """Until every camera has ended, :meth:`stop`, or so many frames are done; 0: no end."""
        left = frames
        try:
            for name, frame in self.frames:
                began = time.monotonic()
                while self._between:
                    self._between.popleft()()
                camera = self._cameras[name]
                if frame is None:
                    self._newest.pop(name, None)
                    self._end(camera)
                    continue
                self._detect(camera, frame)
                left -= 1
                if left == 0 or self._stopping.is_set():
                    break
                if self.most_fps and camera.live:  # waits before it takes a frame: what it takes then is fresh
                    self._stopping.wait(max(0.0, began + 1 / self.most_fps - time.monotonic()))
        finally:
            self.frames.close(discard=True)  # a capture thread waiting for room would wait for ever
            for camera in self._cameras.values():
                self._end(camera)

    def stop(self) -> None:
        """Make :meth:`run` return soon; from any thread."""
        self._stopping.set()
        self.frames.close(discard=True)

    def _detect(self, camera: Camera, frame: Frame) -> None:
        if camera.limits is not None:
            self.detector.limits = camera.limits
        try:
            result, changes = camera.watch(frame, partial(self._find, camera.live))
        except InferenceLost:
            if not camera.live:
                raise
            return  # nothing can be shown of it: what has to be hidden in it isn't known
        self._newest[camera.name] = result
        self._on_changes(changes)
        self._on_result(result)

    def _find(self, live: bool, frame: Frame) -> tuple[Detections, dict[str, float]]:
        """What is in a frame; every frame of a film counts, so that one waits for a process that was lost."""
        runtime = self.detector.runtime
        try:
            return self.detector.detect_frame(frame)
        except InferenceLost:
            if live or not isinstance(runtime, ApartRuntime) or not runtime.back(BACK_WITHIN):
                self.missed += 1
                raise
            return self.detector.detect_frame(frame)

    def _end(self, camera: Camera) -> None:
        if camera.watcher is not None:
            self._on_changes(camera.watcher.end())
