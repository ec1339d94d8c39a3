"""The job of ``edgedet batch detect``: every frame of clips and pictures, as ``edgedet detect --json`` has them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import cv2

from edgedet.batch.bucket import local
from edgedet.batch.bundle import Bundle
from edgedet.batch.work import Done, Item, Task
from edgedet.capture.paths import open_paths
from edgedet.config import Config
from edgedet.errors import SourceError
from edgedet.inference.detector import Detector
from edgedet.stages import build_detector
from edgedet.types import Frame, FrameResult


@dataclass(frozen=True, slots=True)
class Detect:
    """Finds objects.

    Attributes:
        config: how; ``[model]`` and ``[detect]`` count.
        bundle: the model.
        only: lines are for frames with these labels alone, and of those only these objects; none: every frame.
        every: seconds of a film between two frames that are looked at; 0: every frame.
    """

    config: Config
    bundle: Bundle
    only: tuple[str, ...] = ()
    every: float = 0.0
    kind: str = "detect"

    def identity(self) -> Mapping[str, Any]:
        """The model and what is kept of what it finds."""
        settings = {"only": list(self.only), "every": self.every}
        return {"model": self.bundle.sha256, "settings": {**settings, **of_detector(self.config)}}

    def open(self) -> Task:
        """Load the model."""
        return partial(self._do, open_detector(self.config, self.bundle))

    def _do(self, detector: Detector, item: Item) -> Done:
        lines, failure, frames = [], "", 0
        with local(item.place) as path:
            try:
                for frame in _frames(str(path), self.every):
                    frames += 1
                    line = self._line(detector, frame, item)
                    if line is not None:
                        lines.append(line)
            except SourceError as error:  # what could be decoded of it stays
                failure = str(error).replace(str(path), item.key)
        return Done(tuple(lines), failure, frames=frames)

    def _line(self, detector: Detector, frame: Frame, item: Item) -> str | None:
        found = detector.look(frame).found()[0]
        if self.only:
            found = found.filter(*self.only)
            if not len(found):
                return None
        values = FrameResult(frame, found).to_dict()
        return json.dumps({**values, "source": item.key, **item.facts}, ensure_ascii=False)


def of_detector(config: Config) -> dict[str, Any]:
    """The settings that decide what a detector finds, as plain values."""
    model = config.model.model_dump(mode="json", exclude={"path", "labels", "threads", "isolate"})
    return {"model": model, "detect": config.detect.model_dump(mode="json")}


def open_detector(config: Config, bundle: Bundle) -> Detector:
    """A detector of a bundle's model, with one thread unless more are asked for: there are as many workers as cores."""
    cv2.setNumThreads(1)
    path, labels, folder = bundle.unpack()
    with folder:
        changed = {"path": path, "labels": labels, "threads": config.model.threads or 1}
        return build_detector(config.model_copy(update={"model": config.model.model_copy(update=changed)}))


def _frames(path: str, every: float) -> Iterator[Frame]:
    source = open_paths([path])
    source.open()
    due = 0.0
    while (frame := source.read()) is not None:
        if frame.time >= due:
            due = frame.time + every
            yield frame
