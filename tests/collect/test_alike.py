from __future__ import annotations

import cv2
import numpy as np

from edgedet.collect.alike import Known, Print
from tests.collect.made import found, person
from tests.drift.scene import scene

NOBODY = found()


def test_noise_and_light_change_nothing() -> None:
    image = scene(1)
    brighter = np.clip(image.astype(int) + 15, 0, 255).astype(np.uint8)
    noisy = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_COLOR)
    assert Print.of(image, NOBODY).is_like(Print.of(brighter, NOBODY))
    assert Print.of(image, NOBODY).is_like(Print.of(noisy, NOBODY))  # type: ignore[arg-type]
    assert not Print.of(image, NOBODY).is_like(Print.of(scene(1, seed=2), NOBODY))


def test_somebody_elsewhere_before_the_same_wall_is_new() -> None:
    image = scene(1)
    here, there = Print.of(image, found(person(x=100))), Print.of(image, found(person(x=200)))
    nearly = Print.of(image, found(person(x=103)))
    assert here.is_like(nearly)
    assert not here.is_like(there)
    assert not here.is_like(Print.of(image, found(person(x=100, label="cat"))))
    assert not here.is_like(Print.of(image, found(person(x=100), person(2, x=100))))
    assert not here.is_like(Print.of(image, NOBODY))


def test_what_is_known_is_not_new() -> None:
    known, mark = Known(), Print.of(scene(1), NOBODY)
    assert known.is_new(mark)
    known.add(mark)
    assert not known.is_new(mark)
