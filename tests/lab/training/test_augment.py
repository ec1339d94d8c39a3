import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.boxes import areas
from edgedet.lab.training import augment
from edgedet.lab.training.colour import colour, degrade
from edgedet.lab.training.targets import Sample

SHADE = 200


def scene(seed: int, objects: int = 3) -> Sample:
    """A dark picture in which each box is filled with the one bright shade."""
    rng = np.random.default_rng(seed)
    image = np.zeros((120, 160, 3), np.uint8)
    boxes = []
    for _ in range(objects):
        w, h = rng.integers(16, 60, 2)
        x, y = rng.integers(0, 160 - w), rng.integers(0, 120 - h)
        image[y : y + h, x : x + w] = SHADE
        boxes.append([x / 160, y / 120, (x + w) / 160, (y + h) / 120])
    nothing = np.zeros((0, 4), np.float32), np.zeros(0, np.int64)
    return Sample(image, np.array(boxes, np.float32).reshape(-1, 4), np.zeros(objects, np.int64), *nothing)


def brightness_in_boxes(sample: Sample) -> float:
    height, width = sample.image.shape[:2]
    inside = []
    for x1, y1, x2, y2 in sample.boxes * np.array([width, height, width, height]):
        inside.append(sample.image[round(y1) + 1 : round(y2) - 1, round(x1) + 1 : round(x2) - 1])
    return float(np.concatenate([i.reshape(-1) for i in inside]).mean()) if inside else SHADE


CHANGES = {
    "crop": lambda s, rng: augment.crop(s, rng),
    "zoom_out": lambda s, rng: augment.zoom_out(s, rng),
    "flip": lambda s, rng: augment.flip(s),
    "mosaic": lambda s, rng: augment.mosaic([s, scene(1), scene(2), scene(3)], 192, rng),
    "resize": lambda s, rng: augment.resize(s, 192, rng),
}


@pytest.mark.parametrize("name", CHANGES)
@given(seed=st.integers(0, 10_000))
def test_boxes_stay_on_their_objects(name: str, seed: int) -> None:
    found = CHANGES[name](scene(seed), np.random.default_rng(seed))
    assert found.image.dtype == np.uint8
    assert ((found.boxes >= 0) & (found.boxes <= 1)).all()
    assert (areas(found.boxes) > 0).all()
    assert len(found.boxes) == len(found.labels)
    assert brightness_in_boxes(found) > 0.93 * SHADE


@given(st.integers(0, 10_000))
def test_a_crop_keeps_an_object(seed: int) -> None:
    assert len(augment.crop(scene(seed), np.random.default_rng(seed)).boxes)


def test_flipping_twice_changes_nothing() -> None:
    once = scene(5)
    twice = augment.flip(augment.flip(once))
    assert (twice.image == once.image).all()
    assert np.allclose(twice.boxes, once.boxes, atol=1e-6)


def test_what_a_crop_cuts_to_a_scrap_is_unknown_not_background() -> None:
    whole = scene(0, 1)
    x1, y1, x2, y2 = whole.boxes[0]
    found, kept = augment.view(whole, x1, y1, x1 + (x2 - x1) * 0.2, y2)
    assert not kept.any()
    assert len(found.boxes) == 0
    assert len(found.unknown) == 1
    assert np.allclose(found.unknown[0], [0, 0, 1, 1], atol=1e-5)


def test_colours_keep_shape_and_are_repeatable() -> None:
    image = np.random.default_rng(0).integers(0, 256, (64, 48, 3)).astype(np.uint8)
    seen = set()
    for seed in range(60):
        for change in (colour, degrade):
            one, other = (change(image, np.random.default_rng(seed)) for _ in range(2))
            assert one.shape == image.shape
            assert one.dtype == np.uint8
            assert (one == other).all()
            seen.add(one.tobytes())
    assert len(seen) > 40
