"""Wires the stages together and owns every thread.

    source -> a slot for each camera -> detect -> tell -> slots for each publisher -> publisher
                                                  \\-> events -> keeper -> store, recorders

A live source's slots drop what comes too late; a file's wait, so every frame is seen.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import cv2

from edgedet.camera import Camera
from edgedet.detecting import Detecting
from edgedet.events.change import Change
from edgedet.inference.detector import Detector
from edgedet.lane import Lane
from edgedet.memory import give_back, share_memory
from edgedet.monitor import Monitor, status_line
from edgedet.post import Post
from edgedet.publish import Publisher
from edgedet.service import Service
from edgedet.shortfall import Saying
from edgedet.slot import Slot
from edgedet.stats import StageStats
from edgedet.types import Frame, FrameResult

log = logging.getLogger(__name__)

STOP_WITHIN = 2.0
"""Seconds all threads together have to end after a stop was asked for; those that finish films have more."""

SWITCH_INTERVAL = 0.0005
"""Seconds a busy Python thread may hold the interpreter lock while the detect thread waits to come back from an
invoke. At Python's default of 5 ms short invokes lost up to 39 % beside such a thread; with this, nearly nothing."""

GIVE_BACK_EVERY = 60.0
"""Seconds between two times that free memory is given back to the system."""

LOOK_EVERY = 1.0
"""Seconds between two looks at the cameras' privacy switches."""

_T = threading.Thread


class Keeping(Protocol):
    """Keeps, records and tells what happens: :class:`edgedet.events.keeping.Keeping`."""

    def threads(self) -> Mapping[str, Callable[[], None]]:
        """What has to run, each in a thread of its own, by name; each returns after :meth:`close`."""

    def put(self, changes: Sequence[Change]) -> None:
        """Take news of events; never waits."""

    def close(self) -> float:
        """Finish everything; how many seconds that may take."""

    def report(self) -> dict[str, Any]:
        """How it goes."""


class App:
    """Cameras, one detector that they share, and any number of publishers, running until stopped or done.

    Args:
        cameras: each with its source; ``live`` there decides whether late frames are dropped.
        detector: what finds the objects; each camera gets its turn.
        publishers: where results go.
        interval: seconds between status lines; 0: none.
        on_result: called in the detect thread with each result, for what must see every one of them.
        keeping: what becomes of events; None: nothing.

    Attributes:
        detecting: the detector's loop.
        monitor: every stage's counters.
        on_privacy: called with a camera's name when its privacy switch was turned by somebody else.
    """

    def __init__(
        self,
        cameras: Sequence[Camera],
        detector: Detector,
        publishers: Sequence[Publisher],
        interval: float = 5.0,
        on_result: Callable[[FrameResult], None] | None = None,
        keeping: Keeping | None = None,
    ) -> None:
        self._lossless = {camera.name for camera in cameras if not camera.live}
        self._cameras = {camera.name: camera for camera in cameras}
        self._lanes: list[Lane] = []
        self._interval, self._on_result, self._keeping = interval, on_result, keeping
        self._posts: list[Post] = []
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._failure: BaseException | None = None
        self.on_privacy: Callable[[str], None] = lambda _: None
        self.detecting = Detecting(self._cameras, detector, self._keep, self._publish)
        self._publishing: list[StageStats] = []
        self._drops = {"detect": lambda: self.detecting.frames.dropped}
        self.monitor = Monitor(cameras, self._publishing, self._drops, self.detecting.about)
        self.add(publishers)

    def add(self, publishers: Sequence[Publisher], services: Sequence[Service] = ()) -> None:
        """Add what could only be built around the application itself, before :meth:`run`.

        Args:
            publishers: where results go too.
            services: what runs from start to end; they end after the events have, to hear of every one of them.
        """
        for publisher in publishers:
            lane = Lane(publisher, list(self._cameras), self._lossless, self._fail)
            self._lanes.append(lane)
            self._publishing.append(lane.stats)
            self._drops[lane.stats.name] = lane.dropped
        self._posts += [Post(service) for service in services]

    def run(self, frames: int = 0, seconds: float = 0) -> dict[str, Any]:
        """Run until the sources end, :meth:`stop`, so many frames are detected or so many seconds have passed.

        Returns:
            The monitor's last report.

        Raises:
            EdgedetError: a source or a publisher can't be opened, or failed for good.
        """
        sys.setswitchinterval(SWITCH_INTERVAL)
        share_memory()
        cv2.setNumThreads(1)  # a small resize is quicker alone than handed to a pool
        keepers: list[threading.Thread] = []
        threads: list[threading.Thread] = []
        serving: list[threading.Thread] = []
        try:
            for post in self._posts:
                post.service.open()
            for lane in self._lanes:
                lane.publisher.open()
            if self._keeping is not None:
                keepers = [self._thread(target, name) for name, target in self._keeping.threads().items()]
            serving += [self._thread(post.run, post.service.name) for post in self._posts]
            threads.append(self._thread(partial(self._tell, frames), "tell"))  # first: it is what ends the lanes
            threads.append(self._thread(partial(self.detecting.run, frames), "detect"))
            threads += [self._thread(lane.run, lane.stats.name) for lane in self._lanes]
            for camera in self._cameras.values():
                threads.append(self._thread(partial(self._capture, camera), f"capture-{camera.name}"))
            self._wait(threads, time.monotonic() + seconds if seconds else None)
        finally:
            self.stop()
            self._join(threads, keepers, serving)
            report = self.report()
            for lane in self._lanes:
                lane.close()
        if self._failure is not None:
            raise self._failure
        return report

    def stop(self) -> None:
        """End :meth:`run` soon; from any thread, twice too. Not from a signal handler: it takes a lock."""
        self._stopping.set()
        self._wake.set()

    @property
    def stopping(self) -> bool:
        """Whether it is about to end; threads may still have something to finish."""
        return self._stopping.is_set()

    def report(self) -> dict[str, Any]:
        """What the monitor sees now."""
        report = self.monitor.report()
        if self._keeping is not None:
            report["events"] = self._keeping.report()
        if self._posts:
            report["services"] = {post.service.name: post.report() for post in self._posts}
        return report

    def newest(self, camera: str) -> FrameResult | None:
        """The latest result of a camera; None before the first, and while it is private."""
        return self.detecting.newest(camera)

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
        next_giving = time.monotonic() + GIVE_BACK_EVERY
        until, shortfall = deadline if deadline is not None else float("inf"), Saying()
        while not self._stopping.is_set() and any(thread.is_alive() for thread in threads):
            now = time.monotonic()
            if now >= until:
                return
            if now >= next_line:
                report = self.report()
                log.info("%s", status_line(report))
                if (news := shortfall.hear(report["shortfall"])) is not None:
                    log.info("%s", news)
                next_line = now + self._interval
            if now >= next_giving:
                give_back()
                next_giving = now + GIVE_BACK_EVERY
            for camera in self._cameras.values():
                if camera.look_for_privacy():
                    self.on_privacy(camera.name)
            self._wake.wait(min(until, next_line, now + LOOK_EVERY) - now)
            self._wake.clear()

    def _join(self, threads: Sequence[_T], keepers: Sequence[_T], serving: Sequence[_T]) -> None:
        """Left to right: sources, their slots, the detector, publishers; who keeps what they said; who tells it."""
        for camera in self._cameras.values():
            camera.stop()
        self.detecting.stop()
        late = _join(reversed(threads), STOP_WITHIN)
        if self._keeping is not None:
            late += _join(keepers, self._keeping.close())
        for post in self._posts:
            post.close()
        late += _join(serving, STOP_WITHIN)
        if late:
            log.error("still running after the stop: %s", ", ".join(late))
            self._failure = self._failure or RuntimeError(f"threads that would not end: {', '.join(late)}")

    def _capture(self, camera: Camera) -> None:
        slot = self.detecting.frames[camera.name]
        try:
            camera.read_all(slot.put if camera.live else partial(self._put_ready, slot))
        finally:
            slot.close()

    def _put_ready(self, slot: Slot[Frame | None], frame: Frame | None) -> bool:
        """A film's next frame is sure to be looked at: it is made ready while the detector is at the one before."""
        return slot.put(frame if frame is None else self.detecting.detector.ready(frame))

    def _tell(self, frames: int) -> None:
        try:
            self.detecting.tell()
        finally:
            if frames:  # so many are done: nothing else has to go on
                self.stop()
            for lane in self._lanes:
                lane.slots.close()

    def _keep(self, changes: Sequence[Change]) -> None:
        if self._keeping is not None:
            self._keeping.put(changes)

    def _publish(self, result: FrameResult) -> None:
        if self._on_result is not None:
            self._on_result(result)
        for lane in self._lanes:
            lane.slots[result.camera].put(result)


def _join(threads: Iterable[threading.Thread], seconds: float) -> list[str]:
    """Wait for threads, all against one deadline; the names of those that are late."""
    deadline, waited = time.monotonic() + seconds, list(threads)
    for thread in waited:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread.name for thread in waited if thread.is_alive()]
