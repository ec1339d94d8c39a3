from __future__ import annotations

import cv2
import numpy as np
import pytest

from edgedet.drift.distance import unlikeness
from edgedet.drift.measure import MEASURES, measure
from edgedet.types import Image
from tests.drift import timelapse
from tests.drift.scene import scene


def value(image: Image, name: str) -> float:
    return float(measure(image).values[MEASURES.index(name)])


@pytest.mark.parametrize(
    ("change", "name", "by"),
    [
        (timelapse.darker, "brightness", -30),
        (timelapse.blurred, "sharpness", -0.5),
        (timelapse.infrared, "colour", -10),
        (timelapse.covered, "contrast", -20),
    ],
)
def test_what_is_done_to_a_picture_shows_in_its_figure(change: timelapse.Change, name: str, by: float) -> None:
    moved = value(change(scene()), name) - value(scene(), name)
    assert moved < by


def test_red_light_is_warm() -> None:
    red = scene().astype(int)
    red[..., 2] += 60
    assert value(np.clip(red, 0, 255).astype(np.uint8), "warmth") > value(scene(), "warmth") + 20


def test_the_size_of_the_frame_matters_little() -> None:
    large = cv2.resize(scene(), (1280, 720), interpolation=cv2.INTER_CUBIC)
    assert np.abs(measure(large).values[:2] - measure(scene()).values[:2]).max() < 3  # type: ignore[arg-type]


def test_light_leaves_the_edges_where_they_are() -> None:
    before = measure(scene()).edges
    assert unlikeness(measure(timelapse.darker(scene())).edges, before) < 0.1
    assert unlikeness(measure(timelapse.shifted(scene())).edges, before) > 0.4


def test_a_picture_without_anything_has_figures_too() -> None:
    assert np.isfinite(measure(np.zeros((4, 6, 3), np.uint8)).values).all()
