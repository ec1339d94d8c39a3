"""Which picture of an object is the best."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from edgedet.events.sighting import Sighting
from edgedet.events.snapshot import Snapshot, possible, sharpness
from edgedet.events.zones import Standing
from edgedet.types import Frame
from tests.events.scene import at, found, frame

NOTHING = found()


def seen(score: float = 0.9, x: float = 0.5, width: float = 0.2, height: float = 0.4) -> Sighting:
    return Sighting("person", score, at(x, 0.8, width, height), 0.5, (x, 0.8), Standing())


def blurred(of: Frame) -> Frame:
    return dataclasses.replace(of, image=np.asarray(cv2.GaussianBlur(of.image, (15, 15), 0), np.uint8))


def test_larger_and_surer_is_better_and_cut_off_is_worse() -> None:
    assert possible(seen(width=0.3)) > possible(seen())
    assert possible(seen(0.9)) > possible(seen(0.5))
    assert possible(seen(x=0.1)) < possible(seen(x=0.5)), "the picture's edge cuts it off"


def test_sharper_is_better() -> None:
    large = frame(0, size=(640, 480))
    assert 0 < sharpness(seen(), blurred(large)) < sharpness(seen(), large) < 1
    assert sharpness(seen(width=0.001), large) == 0, "nothing to see"


def test_it_holds_the_best_until_it_is_taken_and_only_a_clearly_better_one_replaces_it() -> None:
    snapshot = Snapshot()
    first, blurry, same, better = (frame(float(i), size=(640, 480)) for i in range(4))
    snapshot.consider(seen(0.8), first, NOTHING)
    snapshot.consider(seen(0.85), blurred(blurry), NOTHING)
    snapshot.consider(seen(0.82), same, NOTHING)
    assert snapshot.take() == (first, NOTHING)
    assert snapshot.take() == (None, None)
    snapshot.consider(seen(0.9, width=0.3), better, NOTHING)
    assert snapshot.at == 3.0
    assert snapshot.box == (0.35, 0.4, 0.65, 0.8)
    assert snapshot.take() == (better, NOTHING)
