"""Hailo accelerators (AI HAT+, AI Kit) through picamera2's ``Hailo``, which wraps HailoRT.

The model must end in HailoRT's own suppression by class (``HAILO NMS BY CLASS``), as those of Debian's package
``hailo-models`` do: for each class float32 (n, 5): y1, x1, y2, x2 as fractions of the input, and the score.

Written against picamera2's public interface; not run on hardware.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import HeadError, ModelError, RuntimeMissing
from edgedet.inference.accelerators.file import labels_of, read_compiled
from edgedet.inference.card import find_card
from edgedet.inference.detector import Detector
from edgedet.inference.kept import Limits
from edgedet.inference.runtime import Tensor

MOST = 300
"""Boxes of one picture that are taken, the best of all classes."""

_ROLES = ("boxes", "classes", "scores", "count")


def load_hailo() -> Any:
    """The class picamera2.devices.Hailo. Raises RuntimeMissing, with what to do, if it isn't visible here."""
    try:
        from picamera2.devices import Hailo
    except ImportError as error:
        raise RuntimeMissing(
            f"hailo: {error.name or 'picamera2'} isn't visible to this Python; sudo apt install hailo-all "
            "python3-picamera2, then an environment made with --system-site-packages"
        ) from None
    return Hailo


class HailoRuntime:
    """A :class:`edgedet.inference.runtime.Runtime` over one Hailo device.

    Args:
        model: a ``.hef`` file.
        load: gives the class picamera2.devices.Hailo, or one like it.

    Raises:
        RuntimeMissing: the software isn't there.
        ModelError: the device isn't there, or refuses the model.
    """

    name = "hailo"
    threads = 0

    def __init__(self, model: Path, load: Callable[[], Any] = load_hailo) -> None:
        self._model = model
        try:
            self._device = load()(str(model))
            height, width, channels = (int(n) for n in self._device.get_input_shape())
        except RuntimeMissing:
            raise
        except Exception as error:  # HailoRT has its own exceptions, which can't be named without it
            raise ModelError(
                f"{model}: the Hailo can't load it ({_one_line(error)}); see: hailortcli fw-control identify, and take "
                "a model compiled for that chip"
            ) from None
        self._picture = np.zeros((1, height, width, channels), np.uint8)
        self.inputs: tuple[Tensor, ...] = (Tensor(0, "input", self._picture.shape, self._picture.dtype, 0.0, 0),)
        self._values = [np.zeros(shape, np.float32) for shape in ((1, MOST, 4), (1, MOST), (1, MOST), (1,))]
        self.outputs = tuple(
            Tensor(i + 1, role, values.shape, values.dtype, 0.0, 0)
            for i, (role, values) in enumerate(zip(_ROLES, self._values, strict=True))
        )

    def input(self) -> NDArray[Any]:
        """See :class:`edgedet.inference.runtime.Runtime`."""
        return self._picture

    def invoke(self) -> None:
        """See :class:`edgedet.inference.runtime.Runtime`."""
        try:
            by_class = self._device.run(self._picture[0])
        except Exception as error:
            raise ModelError(f"{self._model}: the Hailo failed while running it ({_one_line(error)})") from None
        found = _packed(by_class, self._model)
        best = np.argsort(-found[:, 4], kind="stable")[:MOST]
        boxes, classes, scores, count = self._values
        boxes[0, : len(best)], scores[0, : len(best)], classes[0, : len(best)] = (
            found[best, :4],
            found[best, 4],
            found[best, 5],
        )
        count[0] = len(best)

    def output(self, tensor: Tensor) -> NDArray[Any]:
        """See :class:`edgedet.inference.runtime.Runtime`."""
        return self._values[tensor.index - 1]


class HailoDetector(Detector):
    """A :class:`edgedet.inference.detector.Detector` on a Hailo; its arguments, those that mean something here.

    Raises:
        ModelError, RuntimeMissing: as there.
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
        resize: str = "auto",
        load: Callable[[], Any] = load_hailo,
        **_: Any,
    ) -> None:
        path = Path(model)
        file = read_compiled(path)
        card = find_card(path, file.sha256)
        names = labels_of(path, card, labels)
        self._assemble(file, card, HailoRuntime(path, load), names, str(labels or card.path), resize)
        self.limits = Limits.of(self.labels, confidence, class_confidence, iou, max_detections)


def _packed(by_class: object, model: Path) -> NDArray[np.float32]:
    """float32 (N, 6): y1, x1, y2, x2, score, class."""
    if isinstance(by_class, Mapping) or not isinstance(by_class, Sequence):
        raise HeadError(
            f"{model}: gives raw outputs; wanted a model with HailoRT's suppression in it (HAILO NMS BY CLASS), such "
            "as those in /usr/share/hailo-models"
        )
    parts = [np.zeros((0, 6), np.float32)]
    for class_id, boxes in enumerate(by_class):
        rows = np.asarray(boxes, np.float32).reshape(-1, 5)
        parts.append(np.column_stack([rows, np.full(len(rows), class_id, np.float32)]))
    return np.concatenate(parts)


def _one_line(error: object) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
