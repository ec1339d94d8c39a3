"""Models that Sony's IMX500 (Raspberry Pi AI Camera) runs inside the camera: its frames come with what it found.

See :mod:`edgedet.capture.picam.imx500` for the other half. Not run on hardware.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import ModelError
from edgedet.inference.accelerators.file import labels_of, read_compiled
from edgedet.inference.card import find_card
from edgedet.inference.detector import Detector
from edgedet.inference.kept import Limits
from edgedet.inference.looked import Looked
from edgedet.inference.runtime import Tensor
from edgedet.types import Detections, Frame, Image


class InCamera:
    """A :class:`edgedet.inference.runtime.Runtime` that is elsewhere: it has no picture to work on here.

    Args:
        model: the ``.rpk`` file, for what is said when somebody tries.
    """

    name = "imx500"
    threads = 0
    inputs: tuple[Tensor, ...] = ()
    outputs: tuple[Tensor, ...] = ()

    def __init__(self, model: Path) -> None:
        self._model = model

    def input(self) -> NDArray[Any]:
        """See :class:`edgedet.inference.runtime.Runtime`."""
        self.refuse()

    def invoke(self) -> None:
        """See :class:`edgedet.inference.runtime.Runtime`."""
        self.refuse()

    def output(self, tensor: Tensor) -> NDArray[Any]:  # noqa: ARG002 - there is none
        """See :class:`edgedet.inference.runtime.Runtime`."""
        self.refuse()

    def refuse(self) -> NoReturn:
        """Say where the model runs. Raises ModelError."""
        raise ModelError(f"{self._model}: runs inside an IMX500 camera alone; give one (--source picam:)")


class SensorDetector(Detector):
    """A :class:`edgedet.inference.detector.Detector` that takes what the camera found; its arguments, those that mean
    something here.

    Raises:
        ModelError: the file can't be read, or has no labels.
    """

    def __init__(
        self,
        model: str | Path,
        *,
        labels: str | Path | None = None,
        confidence: float = 0.5,
        class_confidence: Mapping[str, float] | None = None,
        iou: float = 0.5,
        max_detections: int = 100,
        **_: Any,
    ) -> None:
        path = Path(model)
        self.model = read_compiled(path)
        self.runtime = self._camera = InCamera(path)
        self.labels = labels_of(path, find_card(path, self.model.sha256), labels)
        self.limits = Limits.of(self.labels, confidence, class_confidence, iou, max_detections)

    @property
    def input_size(self) -> tuple[int, int]:
        """(0, 0): it wants no picture."""
        return 0, 0

    @property
    def resize(self) -> str:
        """``none``: it wants no picture."""
        return "none"

    def detect_timed(self, image: Image) -> tuple[Detections, dict[str, float]]:  # noqa: ARG002 - see below
        """Raises ModelError: only the camera's own frames can be looked at."""
        self._camera.refuse()

    def ready(self, frame: Frame) -> Frame:
        """The frame as it is: no picture is wanted."""
        return frame

    def look(self, frame: Frame) -> Looked:
        """See :class:`edgedet.inference.detector.Detector`; the camera has looked already."""
        return _Seen(self, frame)

    def detect_frame(self, frame: Frame) -> tuple[Detections, dict[str, float]]:
        """What the camera found in its frame, that is kept by the limits.

        Raises:
            ModelError: the frame is from another camera.
        """
        start, found = time.perf_counter(), frame.found
        if found is None:
            self._camera.refuse()
        known = (found.class_ids >= 0) & (found.class_ids < len(self.labels))
        wanted = found.scores >= self.limits.scores[np.where(known, found.class_ids, 0)]
        boxes = np.clip(found.boxes, 0, np.array([frame.width, frame.height] * 2, np.float32))
        kept = known & wanted & (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        order = np.flatnonzero(kept)[np.argsort(-found.scores[kept], kind="stable")][: self.limits.most]
        scores = np.clip(found.scores[order], 0, 1)
        detections = Detections(boxes[order], scores, found.class_ids[order], self.labels)
        return detections, {"preprocess": 0.0, "invoke": 0.0, "decode": time.perf_counter() - start}


class _Seen:
    """A :class:`edgedet.inference.looked.Looked` of a frame that the camera itself has looked at."""

    def __init__(self, detector: SensorDetector, frame: Frame) -> None:
        self._detector, self._frame = detector, frame

    def found(self, limits: Limits | None = None) -> tuple[Detections, dict[str, float]]:
        """See :meth:`SensorDetector.detect_frame`."""
        self._detector.limits = limits or self._detector.limits
        return self._detector.detect_frame(self._frame)
