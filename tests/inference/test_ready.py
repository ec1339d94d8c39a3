"""A film's frames, made ready ahead: what is found in them is the same to the last bit."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from edgedet.inference.detector import Detector
from edgedet.types import Frame
from tests.places import MODEL, ROOT


@pytest.mark.parametrize("resize", ["stretch", "letterbox"])
@pytest.mark.parametrize("size", [(451, 300), (200, 640), (320, 320), (64, 48)])
def test_a_frame_that_was_made_ready(resize: str, size: tuple[int, int]) -> None:
    detector = Detector(MODEL, threads=1, confidence=0.05, resize=resize)
    photo = cv2.resize(cv2.imread(str(ROOT / "edgedet/capture/photos/hopper.jpg")), size)
    frame = Frame(photo, 0, 0.0, 0.0, time.monotonic(), datetime.now(UTC), "photo")
    ready = detector.ready(frame)
    assert ready.small is not None
    assert detector.ready(ready) is ready
    plain, ahead = detector.detect_frame(frame)[0], detector.detect_frame(ready)[0]
    assert len(plain) or size == (64, 48)
    for field in ("boxes", "scores", "class_ids"):
        assert np.array_equal(getattr(plain, field), getattr(ahead, field)), field
