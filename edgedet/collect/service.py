"""Keeps the hard frames of running cameras."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from edgedet.collect.alike import Known, Print
from edgedet.collect.folder import CollectFolder
from edgedet.collect.item import describe, encode
from edgedet.collect.judge import Judge
from edgedet.collect.pace import Pace
from edgedet.collect.reasons import Doubt
from edgedet.config import CameraConfig
from edgedet.config.collect import CollectConfig
from edgedet.errors import OutputError
from edgedet.types import FrameResult

log = logging.getLogger(__name__)

TRY_EVERY = 1.0
"""Seconds between two hard frames that are compared with those that are kept: it costs milliseconds."""
PRUNE_EVERY = 3600.0
"""Seconds between two times that old frames are removed; the megabytes are looked at after each that is kept."""


class CameraCollect:
    """One camera's frames. Used by one thread, its results in order.

    Args:
        camera: its settings.
        config: what is kept.
        folder: where.
        model: the name of what finds the objects.
        has_drifted: whether the camera's picture has changed.
        pace: how often; None: by the settings.
    """

    def __init__(
        self,
        camera: CameraConfig,
        config: CollectConfig,
        folder: CollectFolder,
        model: Callable[[], str],
        has_drifted: Callable[[], bool] = lambda: False,
        pace: Pace | None = None,
    ) -> None:
        self._name, self._config, self._folder, self._model = camera.name, config, folder, model
        self._judge = Judge(camera, config, has_drifted)
        self._pace = pace or Pace(config.per_day, config.random)
        self._known, self._tried = Known(), float("-inf")
        self.kept: Counter[str] = Counter()
        """Frames kept since the start, by reason."""

    def see(self, result: FrameResult) -> bool:
        """Take a result; whether a frame was kept. Raises OutputError if it can't be."""
        this = self._judge.see(result)
        if this is None:
            return False
        day = this.frame.wall.date()
        if day != self._pace.day:
            self._pace.begin(day, self._folder.count(self._name, day))
        now = this.frame.elapsed
        if self._pace.is_due(now):
            return self._keep(this, (Doubt("random"),), hard=False)
        if 0 <= now - self._tried < TRY_EVERY or not self._pace.may_be_hard(now):
            return False
        if doubts := self._judge.judge().doubts:
            self._tried = now
            return self._keep(this, doubts, hard=True)
        return False

    def _keep(self, result: FrameResult, doubts: Sequence[Doubt], hard: bool) -> bool:
        mark = Print.of(result.frame.image, result.detections)
        if hard and not self._known.is_new(mark):
            return False
        self._pace.took(hard)  # a full disk isn't tried with every frame
        self._folder.add(describe(result, doubts, self._model(), self._name), encode(result, self._config.quality))
        self._known.add(mark)
        self.kept.update({doubt.reason for doubt in doubts})
        return True


class CollectService:
    """Says how the collection grows. A :class:`edgedet.service.Service`; :attr:`publisher` does the work.

    Args:
        config: what is kept.
        folder: where.
        cameras: by name.

    Attributes:
        publisher: takes the results, in a thread of its own.
    """

    name = "collect"

    def __init__(self, config: CollectConfig, folder: CollectFolder, cameras: dict[str, CameraCollect]) -> None:
        self.publisher = CollectPublisher(config, folder, cameras)
        self._folder, self._closed = folder, threading.Event()

    def open(self) -> None:
        """Say where frames are kept."""
        self._closed.clear()
        log.info("collect: hard frames are kept in %s", self._folder.root)

    def run(self) -> None:
        """Wait for :meth:`close`; the publisher has its own thread."""
        self._closed.wait()

    def close(self) -> None:
        """Make :meth:`run` return."""
        self._closed.set()

    def report(self) -> dict[str, Any]:
        """Frames kept since the start, by camera and reason."""
        return {"kept": {name: dict(each.kept) for name, each in self.publisher.cameras.items()}}


class CollectPublisher:
    """Takes each camera's results to its collection; arguments as for the service."""

    name = "collect"

    def __init__(self, config: CollectConfig, folder: CollectFolder, cameras: dict[str, CameraCollect]) -> None:
        self.cameras, self._config, self._folder = cameras, config, folder
        self._pruned = float("-inf")

    def open(self) -> None:
        """There is nothing to get ready."""

    def publish(self, result: FrameResult) -> None:
        """Judge one result; a disk that is full costs its frame, and that is logged."""
        try:
            kept = self.cameras[result.camera].see(result)
            if kept or time.monotonic() - self._pruned > PRUNE_EVERY:
                self._pruned = time.monotonic()
                self._folder.prune(result.frame.wall, self._config.days, self._config.max_mb)
        except OutputError as error:
            log.error("collect: %s", error)

    def close(self) -> None:
        """There is nothing to finish."""
