"""Frames and detections keep their promises."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from edgedet.types import Detections, Frame, FrameResult

LABELS = ("person", "cat")


def some() -> Detections:
    boxes = np.array([[0, 0, 10, 20], [5, 5, 6, 7]], np.float32)
    return Detections(boxes, np.array([0.9, 0.4], np.float32), np.array([1, 0], np.int32), LABELS)


def frame(image: np.ndarray) -> Frame:
    return Frame(image, 3, 0.25, 0.25, 100.0, datetime(2026, 1, 1, tzinfo=UTC), "clip.mp4")


def test_pixels_and_arrays_are_read_only() -> None:
    shot = frame(np.zeros((4, 6, 3), np.uint8))
    assert (shot.width, shot.height) == (6, 4)
    with pytest.raises(ValueError, match="read-only"):
        shot.image[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        some().boxes[0] = 1


@pytest.mark.parametrize("image", [np.zeros((4, 6), np.uint8), np.zeros((4, 6, 3), np.float32)])
def test_a_wrong_image_says_wanted_and_seen(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"image must be uint8 \(N, N, 3\), but got"):
        frame(image)


def test_selecting_filtering_scaling() -> None:
    found = some()
    assert len(found[found.scores > 0.5]) == 1
    assert found.filter("person").to_dicts() == [
        {"label": "person", "class_id": 0, "score": 0.4, "box": [5.0, 5.0, 6.0, 7.0]}
    ]
    assert len(found.filter()) == 0
    np.testing.assert_array_equal(found.scale(2, 3).boxes[0], [0, 0, 20, 60])


def test_the_json_line() -> None:
    line = FrameResult(frame(np.zeros((4, 6, 3), np.uint8)), some()).to_dict()
    assert list(line) == ["source", "index", "time", "width", "height", "detections"]
    assert line["detections"][0] == {"label": "cat", "class_id": 1, "score": 0.9, "box": [0.0, 0.0, 10.0, 20.0]}
