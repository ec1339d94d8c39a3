"""Suppression against its textbook form."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edgedet.inference.nms import non_maximum_suppression


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    width, height = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    inter = max(width, 0.0) * max(height, 0.0)
    return float(inter / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - inter))


def textbook(boxes: np.ndarray, scores: np.ndarray, class_ids: np.ndarray, iou: float) -> list[int]:
    kept: list[int] = []
    for i in np.argsort(-scores, kind="stable"):
        rivals = [j for j in kept if class_ids[j] == class_ids[i]]
        if all(overlap(boxes[i].astype(float), boxes[j].astype(float)) <= iou for j in rivals):
            kept.append(int(i))
    return kept


@given(st.integers(0, 60), st.integers(0, 2**32 - 1), st.sampled_from([1.0, 700.0]), st.floats(0.05, 0.95))
def test_the_same_boxes_as_the_textbook(count: int, seed: int, unit: float, iou: float) -> None:
    random = np.random.default_rng(seed)
    corner = random.random((count, 2))
    boxes = (np.concatenate([corner, corner + 0.02 + random.random((count, 2)) * 0.5], 1) * unit).astype(np.float32)
    scores = np.round(random.random(count), 2).astype(np.float32)
    class_ids = random.integers(0, 3, count).astype(np.int32)
    kept = non_maximum_suppression(boxes, scores, class_ids, iou, 1000).tolist()
    assert kept == textbook(boxes, scores, class_ids, iou)


def test_classes_do_not_compete_and_the_best_come_first() -> None:
    boxes = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 0.9]], np.float32)
    scores = np.array([0.5, 0.9, 0.7], np.float32)
    assert non_maximum_suppression(boxes, scores, np.array([0, 1, 0], np.int32)).tolist() == [1, 2]


def test_no_more_than_asked_for() -> None:
    boxes = np.array([[i, 0, i + 0.5, 1] for i in range(50)], np.float32)
    scores = np.linspace(0.1, 0.9, 50, dtype=np.float32)
    kept = non_maximum_suppression(boxes, scores, np.zeros(50, np.int32), most=7)
    assert kept.tolist() == [49, 48, 47, 46, 45, 44, 43]
