"""From candidate boxes to one box an object: top-k, then class-aware non-maximum suppression."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

TOP_K = 1000
"""How many of the best candidates are looked at; more only costs time."""


def non_maximum_suppression(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    class_ids: NDArray[np.int32],
    iou: float = 0.5,
    most: int = 100,
) -> NDArray[np.intp]:
    """Indices of the boxes to keep, best score first.

    Of two boxes of one class that overlap by more than ``iou`` (intersection over union) the weaker goes; boxes of
    different classes never compete.

    Args:
        boxes: float32 (N, 4): x1, y1, x2, y2, in any one unit.
        scores: float32 (N,).
        class_ids: int32 (N,).
        iou: 0 to 1.
        most: how many to keep at most.
    """
    order = np.argsort(-scores, kind="stable")[:TOP_K]
    if len(order) < 2:
        return order
    corners = boxes[order].astype(np.float64)
    spans = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxesBatched(spans, scores[order], class_ids[order], -1.0, iou)  # type: ignore[arg-type]
    return order[np.sort(np.asarray(kept, np.intp).reshape(-1))][:most]
