"""The job of ``edgedet batch replay``: which events settings make of recorded film."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from edgedet.batch.bucket import local
from edgedet.batch.bundle import Bundle
from edgedet.batch.detect import of_detector, open_detector
from edgedet.batch.work import Done, Item, Task
from edgedet.config import CameraConfig, Config
from edgedet.errors import SourceError
from edgedet.inference.detector import Detector
from edgedet.replay import replay

_RUNS_OWN = ("id", "phase", "started", "ended", "camera")
"""What of an event each run makes up anew, or is said in another way."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Makes events of films, each as ``edgedet replay`` does.

    Attributes:
        config: the settings; those of the model are taken.
        camera: the settings of the camera.
        bundle: the model.
    """

    config: Config
    camera: CameraConfig
    bundle: Bundle
    kind: str = "replay"

    def identity(self) -> Mapping[str, Any]:
        """The model and the camera's settings."""
        camera = self.camera.model_dump(mode="json", exclude={"source", "record"})
        return {"model": self.bundle.sha256, "settings": {"camera": camera, **of_detector(self.config)}}

    def open(self) -> Task:
        """Load the model."""
        return partial(self._do, open_detector(self.config, self.bundle))

    def _do(self, detector: Detector, item: Item) -> Done:
        with local(item.place) as path:
            try:
                events = replay(path, self.camera, detector)
            except SourceError as error:
                return Done(failure=str(error).replace(str(path), item.key))
        lines = []
        for event in events:
            values = {name: value for name, value in event.to_dict().items() if name not in _RUNS_OWN}
            about = {"source": item.key, "camera": event.camera, **item.facts}
            lines.append(json.dumps({**about, **values}, ensure_ascii=False))
        return Done(tuple(lines))
