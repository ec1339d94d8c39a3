"""The statistics of all cameras, as the application runs them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from edgedet.config.drift import DriftConfig
from edgedet.drift.camera import CameraDrift, News
from edgedet.drift.folder import DriftFolder
from edgedet.drift.message import event_of
from edgedet.errors import OutputError
from edgedet.event import Event
from edgedet.types import Frame, FrameResult

log = logging.getLogger(__name__)


class DriftService:
    """Says how the cameras' worlds stand. A :class:`edgedet.service.Service`; :attr:`publisher` does the work.

    Args:
        config: the settings.
        root: the folder events are kept in, or the program's state.
        cameras: their names.

    Attributes:
        publisher: takes the results, in a thread of its own.
    """

    name = "drift"

    def __init__(self, config: DriftConfig, root: Path, cameras: Sequence[str]) -> None:
        self._told: list[Callable[[Event, Frame], None]] = []
        self.publisher = DriftPublisher(
            {name: CameraDrift(DriftFolder(root, name), config, self._hear) for name in cameras}
        )
        self._closed = threading.Event()

    def tell(self, told: Callable[[Event, Frame], None]) -> None:
        """Have a function called when a camera's picture has changed, with that as an event and what it sees now."""
        self._told.append(told)

    def open(self) -> None:
        """There is nothing to get ready."""
        self._closed.clear()

    def run(self) -> None:
        """Wait for :meth:`close`; the publisher has its own thread."""
        self._closed.wait()

    def close(self) -> None:
        """Make :meth:`run` return."""
        self._closed.set()

    def report(self) -> dict[str, Any]:
        """How each camera stands: see :meth:`edgedet.drift.camera.CameraDrift.report`."""
        return {"cameras": {name: camera.report() for name, camera in self.publisher.cameras.items()}}

    def has_changed(self, camera: str) -> bool:
        """Whether a camera's world has changed; from any thread."""
        return self.publisher.cameras[camera].changed

    def _hear(self, news: News) -> None:
        if news.changed:
            event = event_of(news)
            for told in self._told:
                told(event, news.frame)


class DriftPublisher:
    """Takes each camera's results to its statistics.

    Args:
        cameras: by name.

    Attributes:
        cameras: the same.
    """

    name = "drift"

    def __init__(self, cameras: dict[str, CameraDrift]) -> None:
        self.cameras = cameras

    def open(self) -> None:
        """There is nothing to get ready: the files are read with the first frame."""

    def publish(self, result: FrameResult) -> None:
        """Count and measure one result."""
        self.cameras[result.camera].see(result)

    def close(self) -> None:
        """Write down what was counted since the last hour's end."""
        for camera in self.cameras.values():
            try:
                camera.close()
            except OutputError as error:
                log.error("drift: %s", error)
