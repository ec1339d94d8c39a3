from __future__ import annotations

import dataclasses
import time

import cv2
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from edgedet.config.zones import check_polygon
from edgedet.privacy.masks import Masks
from tests.privacy import made
from tests.publish.made import result

fractions = st.floats(0, 1, width=32)
polygons = st.lists(st.tuples(fractions, fractions), min_size=3, max_size=6)
sizes = st.tuples(st.integers(1, 70), st.integers(1, 70))


def signed_distances(polygon: list[tuple[float, float]], width: int, height: int) -> np.ndarray:
    """How far inside the polygon each pixel's middle is, in pixels; negative outside."""
    contour = (np.array(polygon) * (width, height)).astype(np.float32)[:, None]
    return np.array(
        [[cv2.pointPolygonTest(contour, (x + 0.5, y + 0.5), True) for x in range(width)] for y in range(height)]
    )


def well_drawn(polygon: list[tuple[float, float]]) -> bool:
    try:
        check_polygon("mask", polygon)
    except ValueError:
        return False
    return True


@example([[(0.0, 1.0), (1.0, 0.0), (0.5, 0.0)]], (24, 3))  # a sliver that had a gap
@given(st.lists(polygons, min_size=1, max_size=2), sizes)
@settings(max_examples=60, deadline=None)
def test_all_inside_a_polygon_is_black_and_nothing_else_is_changed(
    masks: list[list[tuple[float, float]]], size: tuple[int, int]
) -> None:
    assume(all(well_drawn(polygon) for polygon in masks))
    width, height = size
    image = np.random.default_rng(1).integers(1, 256, (height, width, 3), dtype=np.uint8)
    covered = Masks(masks).apply(image)
    inside = np.max([signed_distances(polygon, width, height) for polygon in masks], axis=0)
    assert not covered[inside >= 0].any()
    assert np.array_equal(covered[inside < -3], image[inside < -3])
    black = ~covered.any(axis=2)
    assert np.array_equal(covered[~black], image[~black])


def test_the_same_masks_fit_a_source_that_changes_its_size() -> None:
    masks = Masks([[[0.5, 0], [1, 0], [1, 1], [0.5, 1]]])
    for width, height in ((64, 48), (31, 7), (1, 1), (64, 48)):
        image = np.full((height, width, 3), 255, np.uint8)
        covered = masks.apply(image)
        assert not covered[:, width // 2 :].any()
        assert covered[:, : max(0, width // 2 - 2)].all()


def test_a_covered_frame_is_a_new_one_and_says_the_same_of_itself() -> None:
    frame = result(index=7, grey=90).frame
    covered = Masks([[[0, 0], [1, 0], [1, 1], [0, 1]]]).cover(frame)
    assert frame.image.all()
    assert not covered.image.any()
    assert not covered.image.flags.writeable
    assert (covered.index, covered.time, covered.elapsed, covered.wall) == (7, frame.time, frame.elapsed, frame.wall)


def test_without_masks_no_frame_is_copied() -> None:
    frame = result().frame
    assert Masks([]).cover(frame) is frame
    assert not Masks([])


def test_masks_cost_well_under_a_millisecond() -> None:
    masks = Masks([[[0, 0], [0.4, 0.05], [0.3, 0.5], [0, 0.4]], [[0.6, 0.6], [0.9, 0.6], [1, 0.9], [0.7, 1]]])
    image = np.full((720, 1280, 3), 200, np.uint8)
    masks.apply(image)
    took, copying = [], []
    for _ in range(50):
        start = time.perf_counter()
        masks.apply(image)
        took.append(time.perf_counter() - start)
        start = time.perf_counter()
        image.copy()
        copying.append(time.perf_counter() - start)
    # a slow or busy machine copies slowly as well
    assert min(took) < max(1e-3, 6 * min(copying))


@pytest.mark.parametrize("size", [(1280, 720), (641, 481)])
def test_what_a_mask_hides_is_what_it_blackens(size: tuple[int, int]) -> None:
    width, height = size
    masks = Masks([[[0.1, 0.2], [0.8, 0.3], [0.5, 0.9]]])
    covered = masks.apply(np.full((height, width, 3), 255, np.uint8))
    assert np.array_equal(masks.hidden(width, height)[0], ~covered.any(axis=2))


def test_the_small_picture_of_a_frame_is_covered_too() -> None:
    masks = Masks([[[0, 0], [0.5, 0], [0.5, 1], [0, 1]]])
    frame = dataclasses.replace(made.frame(made.noise(64, 48)), small=made.noise(16, 16))
    for _ in range(2):
        covered = masks.cover(frame)
        assert covered.small is not None
        assert frame.small is not None
        for whole, part in ((covered.image, frame.image), (covered.small, frame.small)):
            half = part.shape[1] // 2
            assert not whole[:, :half].any()
            assert (whole[:, half + 2 :] == part[:, half + 2 :]).all()
