"""What a step of the export changed: the same pictures through the model before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.boxes import iou
from edgedet.errors import ModelError
from edgedet.inference.detector import Detector
from edgedet.inference.preprocess import Preprocessor
from edgedet.inference.runtime import open_runtime
from edgedet.lab import require
from edgedet.lab.export.interface import Normalisation
from edgedet.types import Detections, Image


@dataclass(frozen=True, slots=True, eq=False)
class RawOutputs:
    """What a raw model gave for N pictures: boxes float32 (N, A, 4), scores float32 (N, A, C)."""

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Limit:
    """How much a step may change at most: boxes in raw offsets (10 to an anchor's width), scores in 0..1."""

    boxes: float
    scores: float


FLOAT = Limit(boxes=0.02, scores=0.002)
"""Float arithmetic in another order."""
EXACT = Limit(boxes=0.0, scores=0.0)
_MOST_ALONE = 0.01


@dataclass(frozen=True, slots=True)
class Difference:
    """What a step changed, absolutely: the most and the mean over all anchors and pictures."""

    step: str
    boxes_max: float
    boxes_mean: float
    scores_max: float
    scores_mean: float
    limit: Limit | None = None

    @property
    def within(self) -> bool:
        """Whether it is no more than the step may change; a NaN never is."""
        return self.limit is None or (self.boxes_max <= self.limit.boxes and self.scores_max <= self.limit.scores)


def difference(step: str, before: RawOutputs, after: RawOutputs, limit: Limit | None = None) -> Difference:
    """What a step changed.

    Raises:
        ModelError: it changed the outputs' shapes.
    """
    if before.boxes.shape != after.boxes.shape or before.scores.shape != after.scores.shape:
        raise ModelError(
            f"{step}: gives boxes {after.boxes.shape} and scores {after.scores.shape}; "
            f"wanted {before.boxes.shape} and {before.scores.shape}"
        )
    boxes, scores = np.abs(after.boxes - before.boxes), np.abs(after.scores - before.scores)
    return Difference(step, float(boxes.max()), float(boxes.mean()), float(scores.max()), float(scores.mean()), limit)


def table(differences: Sequence[Difference]) -> str:
    """Differences as lines of text, one for each step."""
    rows = [("step", "boxes max", "mean", "scores max", "mean", "")]
    for d in differences:
        verdict = "" if d.limit is None else "ok" if d.within else f"over {d.limit.boxes:g}, {d.limit.scores:g}"
        rows.append(
            (
                d.step,
                f"{d.boxes_max:.2g}",
                f"{d.boxes_mean:.2g}",
                f"{d.scores_max:.2g}",
                f"{d.scores_mean:.2g}",
                verdict,
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  " + "  ".join(f"{row[i]:>{widths[i]}}" for i in range(1, 5)) + f"  {row[5]}".rstrip()
        for row in rows
    )


def ensure(found: Difference) -> None:
    """Raise ModelError if a step changed more than it may."""
    if not found.within:
        raise ModelError(
            f"{found.step}: changes boxes by up to {found.boxes_max:.3g} and scores by up to {found.scores_max:.3g}, "
            f"more than {found.limit.boxes:g} and {found.limit.scores:g}; nothing is written"  # type: ignore[union-attr]
        )


def run_torch(net: Any, inputs: NDArray[np.float32]) -> RawOutputs:
    """A net's own outputs; ``inputs`` float32 (N, H, W, 3), its scores after the sigmoid."""
    torch = require("torch")
    with torch.inference_mode():
        found = [net(torch.from_numpy(x).permute(2, 0, 1)[None]) for x in inputs]
    return RawOutputs(
        np.concatenate([boxes.numpy() for boxes, _ in found]),
        np.concatenate([logits.sigmoid().numpy() for _, logits in found]),
    )


def run_tflite(model: Path, images: Sequence[Image], given: Normalisation, boxes: int = 0) -> RawOutputs:
    """A TFLite model's raw outputs as real values; ``boxes`` is the place of the encodings among the two."""
    runtime = open_runtime(model, threads=1)
    write = Preprocessor(runtime.inputs[0], given.mean, given.std)
    found: list[list[NDArray[np.float32]]] = [[], []]
    for image in images:
        write(image, runtime.input())
        runtime.invoke()
        for values, tensor in zip(found, runtime.outputs, strict=True):
            values.append(np.array(tensor.dequantize(runtime.output(tensor))))
    return RawOutputs(np.concatenate(found[boxes]), np.concatenate(found[1 - boxes]))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many objects two detectors found, both together, and how many of them have no twin in the other's."""

    objects: int
    alone: int


def compare_detections(before: Detector, after: Detector, images: Sequence[Image]) -> Agreement:
    """What two detectors find in the same pictures; see :func:`without_twin`.

    Raises:
        ModelError: more than one object in a hundred has no twin. (One at the very edge of the overlap that suppresses
            may fall to either side: the two compute it in another order.)
    """
    objects = alone = 0
    for image in images:
        ours, theirs = before.detect(image), after.detect(image)
        objects += len(ours) + len(theirs)
        alone += len(without_twin(ours, theirs)) + len(without_twin(theirs, ours))
    if alone > objects * _MOST_ALONE:
        raise ModelError(
            f"suppression in the model: {alone} of {objects} objects differ from those without; nothing is written"
        )
    return Agreement(objects, alone)


def without_twin(ours: Detections, theirs: Detections) -> Detections:
    """Those of ``ours`` that ``theirs`` doesn't have.

    Twins are of one class, their scores differ by 0.02 at most, and they overlap by more than 0.95 (IoU) or all their
    sides are less than half a pixel apart.
    """
    apart = np.abs(ours.boxes[:, None] - theirs.boxes[None]).max(axis=2, initial=0)
    twins = (
        ((iou(ours.boxes, theirs.boxes) > 0.95) | (apart < 0.5))
        & (np.abs(ours.scores[:, None] - theirs.scores) <= 0.02)
        & (ours.class_ids[:, None] == theirs.class_ids)
    )
    return ours[~twins.any(axis=1)]
