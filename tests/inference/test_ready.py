"""A film's frames, made ready ahead: what is found in them is the same to the last bit."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from edgedet.inference.detector import Detector
from edgedet.types import Detections, Frame
from tests.places import MODEL, PHOTOS


def looked_at(detector: Detector, frame: Frame) -> Detections:
    return detector.look(frame).found()[0]


@pytest.mark.parametrize("resize", ["stretch", "letterbox"])
@pytest.mark.parametrize("size", [(451, 300), (200, 640), (320, 320), (64, 48)])
def test_a_frame_that_was_made_ready(resize: str, size: tuple[int, int]) -> None:
    detector = Detector(MODEL, threads=1, confidence=0.05, resize=resize)
    photo = cv2.resize(cv2.imread(str(PHOTOS / "hopper.jpg")), size)
    frame = Frame(photo, 0, 0.0, 0.0, time.monotonic(), datetime.now(UTC), "photo")
    ready = detector.ready(frame)
    assert ready.ready is not None
    assert detector.ready(ready) is ready
    plain, ahead = detector.detect_frame(frame)[0], looked_at(detector, ready)
    assert len(plain) or size == (64, 48)
    for field in ("boxes", "scores", "class_ids"):
        assert np.array_equal(getattr(plain, field), getattr(ahead, field)), field


def test_what_was_seen_can_be_worked_out_later() -> None:
    detector = Detector(MODEL, threads=1, confidence=0.05)
    photos = [cv2.imread(str(PHOTOS / f"{name}.jpg")) for name in ("hopper", "chelsea", "astronaut")]
    frames = [Frame(photo, n, n, n, time.monotonic(), datetime.now(UTC), "photo") for n, photo in enumerate(photos)]
    plain = [detector.detect_frame(frame)[0] for frame in frames]
    looked = [detector.look(frame) for frame in frames]  # their outputs are their own: the model is through with all
    ahead = [each.found()[0] for each in looked]
    for one, other in zip(plain, ahead, strict=True):
        assert len(one)
        assert np.array_equal(one.boxes, other.boxes)
        assert np.array_equal(one.scores, other.scores)


def test_what_another_model_made_ready_is_made_again() -> None:
    stretched, whole = (Detector(MODEL, threads=1, resize=resize) for resize in ("stretch", "letterbox"))
    photo = cv2.imread(str(PHOTOS / "hopper.jpg"))
    frame = Frame(photo, 0, 0.0, 0.0, time.monotonic(), datetime.now(UTC), "photo")
    assert np.array_equal(looked_at(whole, stretched.ready(frame)).boxes, whole.detect_frame(frame)[0].boxes)
