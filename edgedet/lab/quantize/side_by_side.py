"""The pictures on which a quantized model differs most from the float one, drawn beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from edgedet.boxes import iou
from edgedet.drawing.overlay import draw
from edgedet.lab.datasets import Dataset
from edgedet.lab.evaluate.predict import read_picture
from edgedet.lab.quantize.proof import Proof
from edgedet.types import Detections

SHOWN_FROM = 0.35
"""Detections below this score are neither drawn nor missed."""
_WIDTH = 400


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture twice.

    Attributes:
        name: the picture file's.
        difference: how much the two differ; 1 is one object that only one of them sees.
        reference, other: JPEG bytes, with the detections of either.
    """

    name: str
    difference: float
    reference: bytes
    other: bytes


def worst_pictures(dataset: Dataset, reference: Proof, other: Proof, count: int = 6) -> list[Pair]:
    """The pictures with the greatest difference, the worst first; fewer if fewer differ at all."""
    differences = [difference(a, b) for a, b in zip(reference.found, other.found, strict=True)]
    order = sorted(range(len(differences)), key=lambda i: -differences[i])[:count]
    return [_pair(dataset, i, differences[i], reference.found[i], other.found[i]) for i in order if differences[i] > 0]


def difference(one: Detections, other: Detections) -> float:
    """How much two models' detections of a picture differ.

    Each object is matched with the best overlapping one of its label (IoU at least 0.5); a match adds the
    difference of the scores, an object without one adds 1.
    """
    first, second = one[one.scores >= SHOWN_FROM], other[other.scores >= SHOWN_FROM]
    return (_unmatched(first, other) + _unmatched(second, one)) / 2


def _unmatched(wanted: Detections, among: Detections) -> float:
    total = 0.0
    for box, score, class_id in zip(wanted.boxes, wanted.scores, wanted.class_ids, strict=True):
        same = np.array([among.labels[i] == wanted.labels[class_id] for i in among.class_ids], np.bool_)
        overlaps = iou(box[None], among.boxes[same])[0]
        if not overlaps.size or overlaps.max() < 0.5:
            total += 1
        else:
            total += abs(float(score) - float(among.scores[same][overlaps.argmax()]))
    return total


def _pair(dataset: Dataset, index: int, amount: float, one: Detections, other: Detections) -> Pair:
    picture = dataset.pictures[index]
    image = read_picture(picture)
    factor = _WIDTH / image.shape[1]
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    x, y = small.shape[1] / picture.width, small.shape[0] / picture.height
    drawn = [_jpeg(draw(small, d[d.scores >= SHOWN_FROM].scale(x, y))) for d in (one, other)]  # type: ignore[arg-type]
    return Pair(picture.path.name, amount, drawn[0], drawn[1])


def _jpeg(image: Sequence[object]) -> bytes:
    return bytes(cv2.imencode(".jpg", np.asarray(image), [cv2.IMWRITE_JPEG_QUALITY, 80])[1])
