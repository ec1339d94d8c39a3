"""What a model's raw SSD outputs mean, as the operators that are to be added need to know it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import ModelError
from edgedet.inference.anchors import standard_anchors
from edgedet.inference.card import CardHead, find_card
from edgedet.inference.detector import Detector
from edgedet.inference.heads.clues import Clues
from edgedet.inference.probe import run_on_noise
from edgedet.inference.runtime import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class RawHead:
    """Box encodings and class scores over anchors.

    Attributes:
        anchors: float32 (A, 4): cx, cy, w, h as fractions of the input.
        box_order: of an encoding's columns: ``yxhw`` (the TF Object Detection API's) or ``xywh``.
        scales: what they are multiplied by, in that order.
        activation: what still has to be done to the scores: ``none``, ``sigmoid`` or ``softmax``.
        background: whether their first column is the background's.
        boxes, scores: the places of the two among the model's outputs.
    """

    anchors: NDArray[np.float32]
    box_order: str = "yxhw"
    scales: tuple[float, float, float, float] = (10.0, 10.0, 5.0, 5.0)
    activation: str = "none"
    background: bool = False
    boxes: int = 0
    scores: int = 1


def find_raw_head(detector: Detector) -> RawHead:
    """The raw head of a model that is open, from its card, its names and its values.

    Raises:
        ModelError: the model ends in suppression already, or in another head than a raw SSD's.
    """
    path = detector.model.path
    if not detector.head.needs_nms:
        raise ModelError(f"{path}: suppression is in the model already ({detector.head.name}); export a raw model")
    if detector.head.name != "ssd-raw" or len(detector.runtime.outputs) != 2:
        raise ModelError(f"{path}: its head is {detector.head.name}; the operator is for raw SSD heads of two outputs")
    card = find_card(path, detector.model.sha256)
    spec = card.head or CardHead()
    outputs, samples = detector.runtime.outputs, run_on_noise(detector.runtime)
    clues = Clues(detector.model, card, outputs, samples, detector.input_size, len(detector.labels))
    boxes = _place_of_boxes(clues)
    scores = outputs[1 - boxes]
    anchors = card.load_anchors()
    if anchors is None:
        anchors = standard_anchors(detector.input_size, outputs[boxes].shape[1])
    assert anchors is not None, "the detector was opened, so there are some"
    activation = spec.activation
    if activation == "auto":
        activation = "none" if clues.looks_like_probability(scores) else "sigmoid"
    background = scores.shape[-1] == len(detector.labels) + 1
    return RawHead(anchors, spec.box_order, spec.scales, activation, background, boxes, 1 - boxes)


def _place_of_boxes(clues: Clues) -> int:
    """Which of two outputs holds the encodings: the one of four columns, or of two such the one named so."""
    fours = [i for i, tensor in enumerate(clues.outputs) if tensor.shape[-1] == 4]
    if len(fours) == 1:
        return fours[0]
    named: list[Tensor] = clues.named("box", "loc", "regress")
    if len(named) != 1:
        raise ModelError(f"{clues.path}: two outputs of four columns, and no name tells the boxes; name one 'boxes'")
    return clues.outputs.index(named[0])
