"""Pictures made worse."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edgedet.lab.datasets import Dataset
from edgedet.lab.evaluate.corruptions import CORRUPTIONS, STRENGTHS, Condition, conditions, corrupt, corrupted
from edgedet.types import Image
from tests.lab.evaluate.made import CAT, LABELS, picture


@pytest.fixture(scope="module")
def cat() -> Image:
    image = cv2.imread(str(CAT))
    assert image is not None
    return np.ascontiguousarray(image, np.uint8)


def test_seven_at_three_strengths() -> None:
    assert len(conditions()) == 21
    assert len({str(condition) for condition in conditions()}) == 21


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_stronger_is_further_from_the_picture(name: str, cat: Image) -> None:
    before = cat.copy()
    worse = [corrupt(cat, Condition(name, strength)) for strength in STRENGTHS]
    errors = [float(((image.astype(float) - cat) ** 2).mean()) for image in worse]
    assert 10 < errors[0] < errors[1] < errors[2]
    assert all((image.shape, image.dtype) == (cat.shape, np.uint8) for image in worse)
    assert (cat == before).all()


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_same_seed_gives_the_same_picture(name: str, cat: Image) -> None:
    condition = Condition(name, 2)
    assert (corrupt(cat, condition, 3) == corrupt(cat, condition, 3)).all()
    if name not in ("defocus blur", "JPEG"):
        assert (corrupt(cat, condition, 3) != corrupt(cat, condition, 4)).any()


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 300, 3), (33, 2, 3)])
@pytest.mark.parametrize("condition", conditions(), ids=str)
def test_any_shape_will_do(condition: Condition, shape: tuple[int, int, int]) -> None:
    assert corrupt(np.full(shape, 90, np.uint8), condition).shape == shape


def test_noise_is_as_strong_as_it_says() -> None:
    grey = np.full((400, 400, 3), 128, np.uint8)
    noise = corrupt(grey, Condition("gaussian noise", 1)).astype(float) - 128
    assert noise.std() / 255 == pytest.approx(0.08, rel=0.02)


def test_low_light_is_dark_and_keeps_its_mean() -> None:
    grey = np.full((400, 400, 3), 128, np.uint8)
    dark = corrupt(grey, Condition("low light", 1)).astype(float)
    assert dark.mean() / 255 == pytest.approx((128 / 255) ** 2, rel=0.03)


@pytest.mark.parametrize(("strength", "part"), [(1, 0.1), (2, 0.25), (3, 0.4)])
def test_as_much_is_hidden_as_it_says(strength: int, part: float) -> None:
    hidden = corrupt(np.zeros((300, 400, 3), np.uint8), Condition("occlusion", strength)) > 0
    assert hidden.mean() == pytest.approx(part, abs=0.03)


def test_blur_moves_nothing() -> None:
    dot = np.zeros((101, 101, 3), np.uint8)
    dot[50, 50] = 255
    rows, columns, _ = np.nonzero(corrupt(dot, Condition("defocus blur", 1)))
    assert (rows.mean(), columns.mean()) == (50, 50)


def test_each_picture_has_random_numbers_of_its_own(cat: Image) -> None:
    dataset = Dataset(LABELS, (picture(id=1), picture(id=2), picture(id=1)))
    first, second, third = corrupted([cat] * 3, dataset, Condition("gaussian noise", 1))
    assert (first != second).any()
    assert (first == third).all()
