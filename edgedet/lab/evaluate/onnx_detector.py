"""The pipeline's detector on a model that isn't TFLite."""

from __future__ import annotations

from pathlib import Path

from edgedet.inference.card import find_card
from edgedet.inference.detector import Detector
from edgedet.inference.flatfile import ModelFile
from edgedet.inference.kept import Limits
from edgedet.inference.metadata import Metadata
from edgedet.inference.runtime import Runtime


class OnnxDetector(Detector):
    """A :class:`Detector` whose runtime is already open; all it does with pictures and outputs is inherited.

    What the file doesn't say (labels, anchors, normalisation) comes from its card, ``model.json`` beside it.

    Args:
        path: the model's file.
        size_bytes: its size.
        sha256: of its content.
        runtime: what runs it.
        confidence: lowest score kept, 0 to 1.
        max_detections: most objects kept in one picture.

    Raises:
        ModelError: its outputs can't be understood, or its card is of another file.
    """

    def __init__(
        self, path: Path, size_bytes: int, sha256: str, runtime: Runtime, confidence: float, max_detections: int
    ) -> None:
        file = ModelFile(path, size_bytes, sha256, {}, {}, None, Metadata())
        card = find_card(path, sha256)
        self._assemble(file, card, runtime, card.labels, str(card.path), "auto")
        self.limits = Limits.of(self.labels, confidence, most=max_detections)
