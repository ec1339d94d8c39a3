"""The detect thread: takes each camera's newest frame in turn, finds what is in it, hands the results on."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from edgedet.camera import Camera
from edgedet.errors import InferenceLost
from edgedet.events.change import Change
from edgedet.inference.apart.runtime import ApartRuntime
from edgedet.inference.detector import Detector
from edgedet.inference.looking import Looking
from edgedet.slot import Turns
from edgedet.types import Frame, FrameResult

BACK_WITHIN = 60.0
"""Seconds a film waits for a model's process that is being started again."""


@dataclass(slots=True)
class _Taken:
    """A frame on its way.

    Attributes:
        age: seconds from its capture until it was taken.
        looking: what the model makes of it; None: nobody looks.
        lost: why nobody could.
    """

    camera: Camera
    frame: Frame
    age: float
    looking: Looking | None = None
    lost: InferenceLost | None = None


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
        """Until every camera has ended, :meth:`stop`, or so many frames are done; 0: no end.

        While the model runs on a frame, what it found in the one before is worked out, tracked and told. Where no next
        frame is waiting that is done at once.
        """
        left = frames
        before: _Taken | None = None
        try:
            while (item := self.frames.take(wait=before is None)) is not None or before is not None:
                began = time.monotonic()
                if before is not None and (item is None or item[1] is None or self._between):
                    self._tell(before)
                    before = None
                while self._between:
                    self._between.popleft()()
                if item is None:
                    continue
                camera, frame = self._cameras[item[0]], item[1]
                if frame is None:
                    self._newest.pop(camera.name, None)
                    self._end(camera)
                    continue
                taken = self._begin(camera, frame)
                if before is not None:
                    self._tell(before)
                self._wait(taken)
                before = taken
                left -= 1
                if left == 0 or self._stopping.is_set():
                    break
                if self.most_fps and camera.live:  # waits before it takes a frame: what it takes then is fresh
                    self._tell(before)
                    before = None
                    self._stopping.wait(max(0.0, began + 1 / self.most_fps - time.monotonic()))
            if before is not None:
                self._tell(before)
        finally:
            self.frames.close(discard=True)  # a capture thread waiting for room would wait for ever
            for camera in self._cameras.values():
                self._end(camera)

    def stop(self) -> None:
        """Make :meth:`run` return soon; from any thread."""
        self._stopping.set()
        self.frames.close(discard=True)

    def _begin(self, camera: Camera, frame: Frame) -> _Taken:
        """Have the model begin with a frame, if it should be looked at."""
        taken = _Taken(camera, replace(frame, ready=None), time.monotonic() - frame.monotonic)
        if camera.wants(frame):
            try:
                taken.looking = self.detector.begin(frame)
            except InferenceLost as error:
                taken.lost = error
        return taken

    def _wait(self, taken: _Taken) -> None:
        """Until the model is through with it. Every frame of a film counts: it waits for a process that was lost."""
        if taken.looking is not None:
            try:
                taken.looking.wait()
            except InferenceLost as error:
                taken.lost = error
        if taken.lost is None:
            return
        runtime, live = self.detector.runtime, taken.camera.live
        if not live and isinstance(runtime, ApartRuntime) and runtime.back(BACK_WITHIN):
            taken.looking, taken.lost = self.detector.begin(taken.frame), None
            taken.looking.wait()
            return
        self.missed += 1
        if not live:
            raise taken.lost

    def _tell(self, taken: _Taken) -> None:
        """What came of a frame that the model is through with, for all who want to know."""
        camera, found, stage_s = taken.camera, None, {"age": taken.age}
        if taken.lost is not None:
            if camera.must_see:
                return  # nothing can be shown of it: what has to be hidden in it isn't known
        elif taken.looking is not None:
            found, seconds = taken.looking.found(camera.limits)
            stage_s |= seconds
        result, changes = camera.watch(taken.frame, found, stage_s)
        self._newest[camera.name] = result
        self._on_changes(changes)
        self._on_result(result)

    def _end(self, camera: Camera) -> None:
        if camera.watcher is not None:
            self._on_changes(camera.watcher.end())
