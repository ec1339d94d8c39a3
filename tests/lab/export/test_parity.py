"""What a step changed, and when it is too much."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.boxes import iou
from edgedet.errors import ModelError
from edgedet.lab.export.parity import EXACT, FLOAT, Limit, RawOutputs, difference, ensure, table, without_twin
from edgedet.types import Detections

ZERO = RawOutputs(np.zeros((2, 5, 4), np.float32), np.zeros((2, 5, 3), np.float32))


def changed(boxes: float, scores: float) -> RawOutputs:
    outputs = RawOutputs(ZERO.boxes.copy(), ZERO.scores.copy())
    outputs.boxes[1, 2, 3] = boxes
    outputs.scores[0, 1, 2] = scores
    return outputs


def test_the_most_and_the_mean() -> None:
    found = difference("a step", ZERO, changed(-0.8, 0.3), Limit(1, 0.5))
    assert (found.boxes_max, found.scores_max) == (pytest.approx(0.8), pytest.approx(0.3))
    assert (found.boxes_mean, found.scores_mean) == (pytest.approx(0.8 / 40), pytest.approx(0.3 / 30))
    assert found.within
    assert table([found]).splitlines()[1].split() == ["a", "step", "0.8", "0.02", "0.3", "0.01", "ok"]


@pytest.mark.parametrize(
    ("boxes", "scores", "limit"),
    [(0.03, 0, FLOAT), (0, 0.003, FLOAT), (1e-9, 0, EXACT), (np.nan, 0, FLOAT), (0, np.inf, FLOAT)],
)
def test_too_much_is_refused(boxes: float, scores: float, limit: Limit) -> None:
    found = difference("a step", ZERO, changed(boxes, scores), limit)
    with pytest.raises(ModelError, match=r"^a step: changes boxes by up to .*; nothing is written$"):
        ensure(found)
    assert "over" in table([found])


def test_without_a_limit_nothing_is() -> None:
    ensure(difference("a step", ZERO, changed(9, 1)))


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ModelError, match="a step: gives boxes"):
        difference("a step", ZERO, RawOutputs(ZERO.boxes[:, :4], ZERO.scores))


CORNERS = st.lists(st.floats(0, 100, width=32), min_size=4, max_size=4)


@given(CORNERS, CORNERS)
def test_iou(a: list[float], b: list[float]) -> None:
    boxes = [
        np.array([[min(c[0], c[2]), min(c[1], c[3]), max(c[0], c[2]), max(c[1], c[3])]], np.float32) for c in (a, b)
    ]
    both, swapped = iou(boxes[0], boxes[1]), iou(boxes[1], boxes[0])
    assert 0 <= both[0, 0] <= 1 + 1e-5
    np.testing.assert_allclose(both, swapped, atol=1e-6)
    if (boxes[0][0, 2:] - boxes[0][0, :2]).min() > 1e-3:
        assert iou(boxes[0], boxes[0])[0, 0] == pytest.approx(1)


def test_twins() -> None:
    def found(*rows: tuple[float, float, int]) -> Detections:
        boxes = np.array([[x, 0, x + 100, 100] for x, _, _ in rows], np.float32)
        scores, ids = np.array([r[1] for r in rows], np.float32), np.array([r[2] for r in rows], np.int32)
        return Detections(boxes, scores, ids, ("person", "cat"))

    ours = found((0, 0.9, 0), (200, 0.8, 0), (400, 0.7, 0), (600, 0.6, 1))
    theirs = found((2, 0.91, 0), (200, 0.77, 0), (410, 0.7, 0), (600, 0.6, 0))
    assert without_twin(ours, theirs).boxes[:, 0].tolist() == [200, 400, 600]
    speck = Detections(np.array([[5, 5, 5.01, 5.01]], np.float32), ours.scores[:1], ours.class_ids[:1], ours.labels)
    near = Detections(speck.boxes + np.float32(0.02), speck.scores, speck.class_ids, speck.labels)
    assert iou(speck.boxes, near.boxes) == 0
    assert len(without_twin(speck, near)) == 0
    assert len(without_twin(ours, Detections.empty(ours.labels))) == 4
    assert len(without_twin(Detections.empty(ours.labels), ours)) == 0
