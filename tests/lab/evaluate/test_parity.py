"""What two models see, beside each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.boxes import iou
from edgedet.lab.evaluate.parity import compare
from edgedet.types import Detections
from tests.lab.evaluate.made import LABELS, boxes_at, detections, scene

LOW = dict.fromkeys(LABELS, 0.0)
A, B = [10, 10, 110, 110], [200, 100, 300, 280]


def test_a_model_beside_itself() -> None:
    _, found = scene(1)
    result = compare(found, found, LOW)
    assert (result.twins, result.score_difference) == (1, 0)
    assert result.objects == sum(map(len, found))


def test_twins_are_of_one_class_and_overlap() -> None:
    first = [detections([A, B], [0.8, 0.6], [0, 1])]
    other = [detections([A, B], [0.7, 0.6], [0, 2])]
    result = compare(first, other, LOW)
    assert result.twins == 0.5
    assert result.score_difference == pytest.approx(0.1, abs=1e-6)


def test_no_detection_is_the_twin_of_two() -> None:
    first = [detections([A, [12, 10, 112, 110]], [0.8, 0.6], [0, 0])]
    assert compare(first, [detections([A], [0.8], [0])], LOW).twins == 0.5


def test_only_the_first_is_held_to_the_thresholds() -> None:
    first, other = [detections([A, B], [0.8, 0.3], [0, 0])], [detections([A], [0.05], [0])]
    result = compare(first, other, {"person": 0.5})
    assert (result.objects, result.twins) == (1, 1)


def test_nothing_to_compare() -> None:
    nothing = [Detections.empty(LABELS)]
    assert compare(nothing, nothing, LOW).to_dict() == {"objects": 0, "twins": None, "score_difference": None}
    seen = compare([detections([A], [0.8], [0])], nothing, LOW)
    assert (seen.twins, seen.score_difference) == (0, None)


@given(st.integers(0, 1000))
def test_overlap_is_symmetric_and_one_with_itself(seed: int) -> None:
    random = np.random.default_rng(seed)
    one, other = boxes_at(random, 4), boxes_at(random, 3)
    overlaps = iou(one, other)
    assert overlaps == pytest.approx(iou(other, one).T)
    assert ((overlaps >= 0) & (overlaps <= 1)).all()
    assert np.diag(iou(one, one)) == pytest.approx(np.ones(4))


def test_overlap_by_hand() -> None:
    one, other = np.array([[0, 0, 10, 10]], np.float32), np.array([[5, 0, 15, 10], [20, 20, 30, 30]], np.float32)
    assert iou(one, other)[0].tolist() == pytest.approx([1 / 3, 0])
