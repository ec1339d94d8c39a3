"""Two threads: one does nothing but let the model run, the other makes sense of what it saw.

    each camera's slot -> detect: look or not, run the model -> tell: boxes, tracks, events -> all who want results

A model's run lets go of Python's lock, so that what it saw in one frame is worked out while it runs on the next.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edgedet.camera import Camera
from edgedet.errors import InferenceLost
from edgedet.events.change import Change
from edgedet.inference.apart.runtime import ApartRuntime
from edgedet.inference.detector import Detector
from edgedet.inference.looked import Looked
from edgedet.slot import Slot, Turns
from edgedet.types import Frame, FrameResult

BACK_WITHIN = 60.0
"""Seconds a film waits for a model's process that is being started again."""


@dataclass(slots=True)
class _Taken:
    """A frame on its way.

    Attributes:
        frame: None: the camera has none for long.
        age: seconds from its capture until it was taken.
        looked: what the model saw; None: nobody looked.
        lost: somebody should have, and nobody could.
    """

    camera: Camera
    frame: Frame | None
    age: float = 0.0
    looked: Looked | None = None
    lost: bool = False


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
        self._looked = Slot[_Taken | threading.Event](lossless=True)
        self._newest: dict[str, FrameResult] = {}
        self._between = deque[Callable[[], None]]()
        self._stopping, self._begun = threading.Event(), False

    def newest(self, camera: str) -> FrameResult | None:
        """The latest result of a camera; None before the first, and while it is private."""
        return self._newest.get(camera)

    def between_frames(self, change: Callable[[], None]) -> None:
        """Have something done by the detect thread, where nobody touches what belongs to it and to the telling one."""
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
        """The detect thread, until every camera has ended, :meth:`stop`, or so many frames are done; 0: no end."""
        left, self._begun = frames, True
        try:
            for name, frame in self.frames:
                began, camera = time.monotonic(), self._cameras[name]
                self._change()
                if not self._looked.put(_Taken(camera, None) if frame is None else self._look(camera, frame)):
                    break
                if frame is None:
                    continue
                left -= 1
                if left == 0 or self._stopping.is_set():
                    break
                if self.most_fps and camera.live:  # waits before it takes a frame: what it takes then is fresh
                    self._stopping.wait(max(0.0, began + 1 / self.most_fps - time.monotonic()))
        finally:
            self.frames.close(discard=True)  # a capture thread waiting for room would wait for ever
            self._looked.close()

    def tell(self) -> None:
        """The thread that makes sense of what the model saw, until the detect thread has ended and all is told."""
        try:
            for taken in self._looked:
                if isinstance(taken, threading.Event):
                    taken.set()
                elif taken.frame is None:
                    self._newest.pop(taken.camera.name, None)
                    self._end(taken.camera)
                else:
                    self._tell(taken, taken.frame)
        finally:
            self._looked.close(discard=True)
            self.frames.close(discard=True)
            for camera in self._cameras.values():
                self._end(camera)

    def _change(self) -> None:
        """Do what was to be done between two frames, once all that was seen so far is told."""
        if not self._between:
            return
        told = threading.Event()
        if self._looked.put(told):
            while not told.wait(0.5):
                if self._looked.closed:  # nobody tells any more
                    return
        while self._between:
            self._between.popleft()()

    def stop(self) -> None:
        """Make :meth:`run` and then :meth:`tell` return soon; from any thread."""
        self._stopping.set()
        self.frames.close(discard=True)
        if not self._begun:  # and never will
            self._looked.close()

    def _look(self, camera: Camera, frame: Frame) -> _Taken:
        """Have the model run on a frame, if it should be looked at."""
        taken = _Taken(camera, frame, time.monotonic() - frame.monotonic)
        if camera.wants(frame):
            try:
                taken.looked = self.detector.look(frame)
            except InferenceLost as error:
                taken.lost = True
                self._look_again(taken, frame, error)
        return taken

    def _look_again(self, taken: _Taken, frame: Frame, lost: InferenceLost) -> None:
        """Every frame of a film counts: it waits for a process that was lost. A live camera's next one comes soon."""
        runtime, live = self.detector.runtime, taken.camera.live
        if not live and isinstance(runtime, ApartRuntime) and runtime.back(BACK_WITHIN):
            taken.looked, taken.lost = self.detector.look(frame), False
            return
        self.missed += 1
        if not live:
            raise lost

    def _tell(self, taken: _Taken, frame: Frame) -> None:
        """What came of a frame, for all who want to know."""
        camera, found, stage_s = taken.camera, None, {"age": taken.age}
        if taken.lost and camera.must_see:
            return  # nothing can be shown of it: what has to be hidden in it isn't known
        if taken.looked is not None:
            found, seconds = taken.looked.found(camera.limits)
            stage_s |= seconds
        result, changes = camera.watch(frame, found, stage_s)
        self._newest[camera.name] = result
        self._on_changes(changes)
        self._on_result(result)

    def _end(self, camera: Camera) -> None:
        if camera.watcher is not None:
            self._on_changes(camera.watcher.end())
