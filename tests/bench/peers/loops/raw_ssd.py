"""Boxes from a raw SSD head, as somebody writes it who has an ONNX file and its anchors: all of them, in NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench.peers.loops.given import CONFIDENCE

Floats = NDArray[np.float32]


def anchors_of(model: Path) -> Floats:
    """float32 (A, 4): cx, cy, w, h as fractions, from the file beside the model."""
    found: Floats = np.load(model.with_name("anchors.npy"))
    return found


def decoded(boxes: Floats, scores: Floats, anchors: Floats, width: int, height: int) -> tuple[Floats, Floats, Floats]:
    """Confident boxes, still overlapping: corners (N, 4) in pixels, scores (N,), class ids (N,).

    Args:
        boxes: (A, 4): y, x, h, w, scaled by 10, 10, 5, 5.
        scores: (A, classes), probabilities.
        anchors: see :func:`anchors_of`.
        width, height: of the frame.
    """
    centre = boxes[:, 1::-1] / 10 * anchors[:, 2:] + anchors[:, :2]
    half = np.exp(boxes[:, :1:-1] / 5) * anchors[:, 2:] / 2
    corners = np.concatenate([centre - half, centre + half], axis=1) * (width, height, width, height)
    classes, best = scores.argmax(axis=1), scores.max(axis=1)
    kept = best >= CONFIDENCE
    limits = np.array((width, height, width, height), np.float32)
    return corners[kept].clip(0, limits), best[kept], classes[kept]
