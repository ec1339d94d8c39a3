"""Which anchor should say what: boxes matched to anchors and encoded (Liu et al., SSD, 2016, section 2.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgedet.boxes import intersections, iou

SCALES = (10.0, 10.0, 5.0, 5.0)
"""The box coder's factors on y, x, h, w (TF Object Detection API, ``faster_rcnn_box_coder``)."""
MATCHED, UNMATCHED = 0.5, 0.4
"""IoU from which an anchor is an object's, and below which it is background; between, it isn't asked."""
INSIDE = 0.5
"""Part of an anchor in a region of unknown content from which the anchor isn't asked about that class."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A picture as the net sees it, and what is in it. Boxes are fractions of the picture.

    Attributes:
        image: uint8 (H, W, 3), RGB.
        boxes: float32 (N, 4): x1, y1, x2, y2.
        labels: int64 (N,).
        unknown: float32 (M, 4): regions where it isn't known whether there are objects of ``unknown_labels``.
        unknown_labels: int64 (M,).
    """

    image: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    unknown: NDArray[np.float32]
    unknown_labels: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What one picture's anchors should say.

    Attributes:
        labels: int64 (A,): the class of the anchor's object, -1 for none.
        asked: bool (A, C): whether the anchor's score of the class counts at all.
        encodings: float32 (A, 4): y, x, h, w of its object; 0 where there is none.
    """

    labels: NDArray[np.int64]
    asked: NDArray[np.bool_]
    encodings: NDArray[np.float32]


def corners(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """cx, cy, w, h to x1, y1, x2, y2."""
    return np.concatenate([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], axis=1)


class Matcher:
    """Makes :class:`Targets` of :class:`Sample`.

    An anchor belongs to the object it overlaps most, if by :data:`MATCHED` or more; and every object gets the anchor
    that overlaps it most, however little that is.

    Args:
        anchors: float32 (A, 4): cx, cy, w, h as fractions of the input.
        classes: how many there are.
    """

    def __init__(self, anchors: NDArray[np.float32], classes: int) -> None:
        self.anchors, self.classes = anchors, classes
        self._corners, self._areas = corners(anchors), anchors[:, 2] * anchors[:, 3]

    def __call__(self, sample: Sample) -> Targets:
        """The targets of one picture."""
        labels = np.full(len(self.anchors), -1, np.int64)
        encodings = np.zeros((len(self.anchors), 4), np.float32)
        asked = np.ones((len(self.anchors), self.classes), np.bool_)
        if len(sample.unknown):
            part = intersections(self._corners, sample.unknown) / self._areas[:, None]
            for label in np.unique(sample.unknown_labels):
                asked[(part[:, sample.unknown_labels == label] > INSIDE).any(axis=1), label] = False
        if len(sample.boxes):
            overlaps = iou(self._corners, sample.boxes)
            best, owner = overlaps.max(axis=1), overlaps.argmax(axis=1)
            asked[(best >= UNMATCHED) & (best < MATCHED)] = False
            own = overlaps.argmax(axis=0)
            owner[own], best[own] = np.arange(len(own)), 1.0
            matched = best >= MATCHED
            labels[matched] = sample.labels[owner[matched]]
            asked[matched] = True
            encodings[matched] = encode(sample.boxes[owner[matched]], self.anchors[matched])
        return Targets(labels, asked, encodings)


def encode(boxes: NDArray[np.float32], anchors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Boxes (x1, y1, x2, y2) as offsets from their anchors (cx, cy, w, h): y, x, h, w, each (N, 4)."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    size = np.maximum(boxes[:, 2:] - boxes[:, :2], 1e-4)
    offset = (centre - anchors[:, :2]) / anchors[:, 2:]
    log = np.log(size / anchors[:, 2:])
    encoded = np.concatenate([offset[:, ::-1], log[:, ::-1]], axis=1) * np.array(SCALES, np.float32)
    return encoded.astype(np.float32, copy=False)


def decode(encodings: NDArray[np.float32], anchors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inverse of :func:`encode`."""
    real = encodings / np.array(SCALES, np.float32)
    centre = real[:, 1::-1] * anchors[:, 2:] + anchors[:, :2]
    half = np.exp(np.minimum(real[:, :1:-1], 10)) * anchors[:, 2:] / 2
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32, copy=False)
