"""One camera of the application: its source, what is done to its frames, its counters."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from edgedet.capture import Source
from edgedet.events.change import Change
from edgedet.inference.kept import Limits
from edgedet.stats import StageStats
from edgedet.types import Detections, Frame, FrameResult

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What came of a frame.

    Attributes:
        frame: it, with what nobody may see covered.
        detections: the objects in it; where nobody looked, those last seen.
        changes: events that started, changed or ended with it.
    """

    frame: Frame
    detections: Detections
    changes: Sequence[Change] = ()


class Watching(Protocol):
    """Decides about a camera's frames: :class:`edgedet.watcher.Watcher`."""

    @property
    def must_see(self) -> bool:
        """Whether a frame that nobody could look at can't be shown."""

    def wants(self, frame: Frame, resting: bool = False) -> bool:
        """Whether a frame should be looked at; ``resting``: nobody wants to know what is in it."""

    def __call__(self, frame: Frame, found: Detections | None) -> Watched:
        """What came of a frame in which this was found; None: nobody looked."""

    def rest(self, frame: Frame, found: Detections | None) -> Watched:
        """Nobody wants to know: only cover what must not be seen. What is going on is over."""

    def end(self) -> Sequence[Change]:
        """There will be no frames for long: what is going on is over."""


class Recording(Protocol):
    """Records a camera's film: :class:`edgedet.events.recorder.Recorder`."""

    def attach(self, source: Source) -> None:
        """Take what a source hands on encoded, if it does; called before it is opened."""

    def frame(self, frame: Frame) -> None:
        """Take a frame, in case it doesn't; never waits."""


class Camera:
    """A source and what belongs to it. Its frames are read by one thread and watched by another.

    Args:
        source: what is read; a function that makes it anew each time, for a camera that can be switched off.
        name: for logs, results and files.
        watcher: what decides about frames; None: each is looked at, for itself.
        cover: applied to every frame before anything else sees it; None: nothing is hidden.
        recorder: takes the film; None: nothing does.
        covers_later: the watcher hides something too: only frames it has seen may be recorded.
        limits: what the detector keeps for this camera; None: as the detector is.
        is_private: asked now and then whether nothing may be filmed.

    Attributes:
        detecting: whether anybody wants to know what is in the picture; any thread may turn it.
    """

    def __init__(
        self,
        source: Source | Callable[[], Source],
        name: str = "",
        *,
        watcher: Watching | None = None,
        cover: Callable[[Frame], Frame] | None = None,
        recorder: Recording | None = None,
        covers_later: bool = False,
        limits: Limits | None = None,
        is_private: Callable[[], bool] = lambda: False,
    ) -> None:
        self._connect = source if callable(source) else None
        self.source: Source = source() if callable(source) else source
        self.name, self.live, self.watcher = name, self.source.live, watcher
        self.cover, self.limits, self.is_private = cover, limits, is_private
        self.capture, self.detect = StageStats("capture"), StageStats("detect")
        self.looked = 0
        self.detecting = True
        self.seen: Counter[str] = Counter()
        self._recorder, self._covers_later = recorder, covers_later
        self._private = self._interrupted = is_private()
        self._turn, self._may_go_on = threading.Lock(), threading.Event()
        self._stopped = False

    def read_all(self, put: Callable[[Frame | None], bool]) -> None:
        """Read frames until the source ends, nobody takes them, or :meth:`stop`. None of a private camera.

        Args:
            put: takes a frame, or None when the camera becomes private; False if nobody will.

        Raises:
            SourceError: the source can't be opened, or failed for good.
        """
        try:
            while not self._stopped:
                if self._is_ready():
                    self._read(put)
                    if not self._interrupted:
                        return
                else:
                    put(None)
                    log.info("%s: private; nothing is filmed", self.name)
                    self._may_go_on.wait()
        finally:
            self.source.close()

    def _is_ready(self) -> bool:
        """Whether filming may begin; then with a source that nobody has closed."""
        with self._turn:
            if self._private:
                return False
            if self._interrupted and self._connect is not None:
                self.source = self._connect()
            self._interrupted = False
            return True

    def _read(self, put: Callable[[Frame | None], bool]) -> None:
        if self._recorder is not None:
            self._recorder.attach(self.source)
        self.source.open()
        while (frame := self.source.read()) is not None and not self._stopped:
            if self.cover is not None:
                frame = self.cover(frame)
            if self._recorder is not None and not self._covers_later:
                self._recorder.frame(frame)
            if not put(frame):
                break
            self.capture.beat()
        self.source.close()

    @property
    def must_see(self) -> bool:
        """Whether a frame that nobody could look at is worth nothing."""
        return self.watcher is None or self.watcher.must_see

    def wants(self, frame: Frame) -> bool:
        """Whether a frame should be looked at. Asked once for each, in order, before :meth:`watch`."""
        return self.watcher is None or self.watcher.wants(frame, not self.detecting)

    def watch(
        self, frame: Frame, found: Detections | None, stage_s: dict[str, float]
    ) -> tuple[FrameResult, Sequence[Change]]:
        """What came of a frame, and the events that changed with it.

        Args:
            frame: the next one.
            found: what is in it; None: nobody looked.
            stage_s: the seconds each step took so far.
        """
        if self.watcher is None:
            assert found is not None, "without a watcher every frame is looked at"
            watched = Watched(frame, found)
        else:
            watched = self.watcher(frame, found) if self.detecting else self.watcher.rest(frame, found)
        self.detect.beat(**stage_s, end_to_end=time.monotonic() - frame.monotonic)
        looked = found is not None
        if looked:
            self.looked += 1
            for class_id in watched.detections.class_ids.tolist():
                self.seen[watched.detections.labels[class_id]] += 1
        if self._recorder is not None and self._covers_later:
            self._recorder.frame(watched.frame)
        events = tuple(change.event for change in watched.changes)
        rate = self.detect.rate()
        return FrameResult(watched.frame, watched.detections, stage_s, rate, self.name, events, looked), watched.changes

    def look_for_privacy(self) -> bool:
        """Stop or go on filming if the switch was turned, and whether it was; from any thread but the reading one."""
        private = self.is_private()
        with self._turn:
            if private == self._private:
                return False
            self._private = private
            if private:
                self._interrupted = True
                self._may_go_on.clear()
                self.source.close()
            else:
                log.info("%s: films again", self.name)
                self._may_go_on.set()
            return True

    def stop(self) -> None:
        """Make :meth:`read_all` return soon."""
        self._stopped = True
        self._may_go_on.set()
        self.source.close()
