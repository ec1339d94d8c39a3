from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgedet.config.privacy import PrivacyConfig
from edgedet.errors import ConfigError
from edgedet.privacy.blur import Blur
from edgedet.privacy.styles import CELLS, Style, cell_size, cover
from tests.privacy.made import LABELS, frame, noise, people

styles = st.sampled_from(["pixelate", "blur", "black"])


@st.composite
def boxes_in(draw: st.DrawFn, width: int, height: int) -> tuple[float, float, float, float]:
    x1, x2 = sorted((draw(st.floats(0, width, width=32)), draw(st.floats(0, width, width=32))))
    y1, y2 = sorted((draw(st.floats(0, height, width=32)), draw(st.floats(0, height, width=32))))
    return x1, y1, x2, y2


@given(st.data(), st.integers(1, 60), st.integers(1, 60), styles, st.floats(0, 0.5))
@settings(max_examples=100, deadline=None)
def test_nothing_is_changed_outside_the_grown_boxes(
    data: st.DataObject, width: int, height: int, style: Style, margin: float
) -> None:
    boxes = data.draw(st.lists(boxes_in(width, height), min_size=1, max_size=4))
    config = PrivacyConfig(blur=["person"], style=style, margin=margin)
    image = noise(width, height)
    covered = Blur(config, LABELS).cover(frame(image.copy()), people(*boxes)).image
    outside = np.ones((height, width), bool)
    for x1, y1, x2, y2 in boxes:
        wide, high = margin * (x2 - x1), margin * (y2 - y1)
        columns = slice(max(0, int(np.floor(x1 - wide - 0.01))), int(np.ceil(x2 + wide + 0.01)))
        outside[max(0, int(np.floor(y1 - high - 0.01))) : int(np.ceil(y2 + high + 0.01)), columns] = False
    assert np.array_equal(covered[outside], image[outside])
    if style == "black":
        for x1, y1, x2, y2 in boxes:
            if x2 > x1 and y2 > y1:
                assert not covered[int(y1) : int(np.ceil(y2)), int(x1) : int(np.ceil(x2))].any()


@given(st.integers(1, 200), st.integers(1, 200))
@settings(max_examples=60, deadline=None)
def test_a_pixelated_region_holds_few_colours(width: int, height: int) -> None:
    part = noise(width, height)
    cover(part, "pixelate")
    across, down = len(np.unique(part[0], axis=0)), len(np.unique(part[:, 0], axis=0))
    assert min(across, down) <= CELLS
    cell = cell_size(width, height)
    assert len(np.unique(part.reshape(-1, 3), axis=0)) <= max(1, width // cell) * max(1, height // cell)


@pytest.mark.parametrize("style", ["pixelate", "blur"])
def test_what_differs_only_within_cells_looks_the_same_covered(style: Style) -> None:
    """Two pictures whose cells have the same means can't be told apart: nothing finer is left to be restored."""
    one = np.full((64, 64, 3), 100, np.uint8)
    other = one.copy()
    other[::2] = 50
    other[1::2] = 150
    for part in (one, other):
        cover(part, style)
    assert np.array_equal(one, other)


def test_a_small_box_inside_a_large_one_shows_no_more_of_it() -> None:
    config = PrivacyConfig(blur=["person"], margin=0.0)
    image = noise(160, 160)
    large, small = (0, 0, 160, 160), (60, 60, 80, 80)
    alone = Blur(config, LABELS).cover(frame(image.copy()), people(large)).image
    both = Blur(config, LABELS).cover(frame(image.copy()), people(large, small)).image
    assert len(np.unique(both.reshape(-1, 3), axis=0)) <= len(np.unique(alone.reshape(-1, 3), axis=0))


def test_only_chosen_labels_are_covered_whatever_their_score() -> None:
    config = PrivacyConfig(blur=["person"])
    image = noise(100, 100)
    before = frame(image.copy())
    assert Blur(config, LABELS).cover(before, people((10, 10, 90, 90), label="cat")) is before
    assert not np.array_equal(Blur(config, LABELS).cover(before, people((10, 10, 90, 90))).image, image)
    assert np.array_equal(before.image, image)


def test_masks_stay_black_beside_and_under_what_is_blurred() -> None:
    config = PrivacyConfig(masks=[[[0, 0], [0.33, 0], [0.33, 1], [0, 1]]], blur=["person"])
    image = np.full((100, 100, 3), 200, np.uint8)
    image[:, :34] = 0
    covered = Blur(config, LABELS).cover(frame(image), people((0, 0, 100, 100))).image
    assert not covered[:, :33].any()
    assert covered[:, 50:].all()


def test_upper_covers_the_head_and_leaves_the_legs() -> None:
    config = PrivacyConfig(blur=["person"], style="black", part="upper", margin=0.0)
    image = np.full((300, 300, 3), 200, np.uint8)
    standing = Blur(config, LABELS).cover(frame(image.copy()), people((100, 0, 200, 300))).image
    assert not standing[:105, 100:200].any()
    assert standing[106:, 100:200].all()
    lying = Blur(config, LABELS).cover(frame(image.copy()), people((0, 100, 300, 200))).image
    assert not lying[100:200].any()


def test_a_label_that_the_model_doesnt_know_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"privacy\.blur: 'persons' is no label of the model; did you mean person\?"):
        Blur(PrivacyConfig(blur=["persons"]), LABELS)


def test_a_walker_whom_the_detector_misses_stays_covered() -> None:
    """60 pixels a second to the right, seen for half a second, then missed for half a second."""
    config = PrivacyConfig(blur=["person"], style="black", hold=0.61, margin=0.0)
    blur = Blur(config, LABELS)
    white = np.full((100, 300, 3), 255, np.uint8)
    for number in range(30):
        elapsed = number / 25
        left = 20 + 60 * elapsed
        seen = people((left, 20, left + 30, 90)) if number < 13 else people()
        covered = blur.cover(frame(white.copy(), elapsed), seen).image
        if elapsed <= 12 / 25 + 0.61:
            assert not covered[20:90, int(left) : int(left + 30)].any(), number
        else:
            assert covered.all(), number


def test_a_person_behind_another_isnt_forgotten() -> None:
    """Of two overlapping people one is missed: the other's box must not count for both."""
    config = PrivacyConfig(blur=["person"], style="black", margin=0.0)
    blur = Blur(config, LABELS)
    white = np.full((100, 200, 3), 255, np.uint8)
    blur.cover(frame(white.copy(), 0.0), people((20, 10, 60, 90), (35, 10, 75, 90)))
    covered = blur.cover(frame(white.copy(), 0.1), people((35, 10, 75, 90))).image
    assert not covered[10:90, 20:75].any()


def test_a_frame_that_nobody_looked_at_is_covered_where_people_were() -> None:
    blur = Blur(PrivacyConfig(blur=["person"], style="black"), LABELS)
    white = np.full((100, 200, 3), 255, np.uint8)
    blur.cover(frame(white.copy(), 0.0), people((20, 10, 60, 90)))
    assert not blur.cover(frame(white.copy(), 0.1), None).image[10:90, 20:60].any()


def test_a_gaussian_alone_would_leave_more_than_the_blur_does() -> None:
    from edgedet.privacy.proof import likeness

    image = cv2.GaussianBlur(noise(160, 160), (0, 0), 2)
    covered = image.copy()
    cover(covered, "blur")
    weak = np.asarray(cv2.GaussianBlur(image, (0, 0), 4), np.uint8)
    assert likeness(np.asarray(image, np.uint8), weak) > 0.5
    assert likeness(np.asarray(image, np.uint8), np.asarray(covered, np.uint8)) < 0.2
