"""The motion gate on film and on scenes made to fool it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
import pytest

from edgedet.config import MotionConfig
from edgedet.events.motion import MotionGate
from edgedet.types import Frame, Image
from tests.events.scene import NOON
from tests.places import shared

FIRST_SEEN = (60, 227, 502, 745, 921, 1234)
"""Frames of the film in which a walker's head first shows at the lower edge, by eye; 501 and 744 show a smear."""
EMPTY = ((20, 55), (485, 499), (730, 741), (901, 918), (1229, 1231))
"""Frames, both included, in which nobody was there for three seconds, by eye."""


W, H = 384, 216


def frames(images: Iterable[Image], fps: float = 10) -> Iterator[Frame]:
    for i, image in enumerate(images):
        yield Frame(np.ascontiguousarray(image), i, i / fps, i / fps, i / fps, NOON, "made")


def looks(images: Iterable[Image], fps: float = 10, **settings: object) -> list[int]:
    gate = MotionGate(MotionConfig(**{"every": 1000.0} | settings))
    return [frame.index for frame in frames(images, fps) if gate(frame)]


def film(name: str = "one-by-one-person-detection.mp4", most: int = 10_000) -> Iterator[Image]:
    capture = cv2.VideoCapture(str(shared(f"data/videos/{name}")))
    for _ in range(most):
        read, image = capture.read()
        if not read:
            return
        yield image


def room() -> Image:
    """A picture of a room: surfaces, edges and grain."""
    rng = np.random.default_rng(3)
    picture = np.full((H, W, 3), 90, np.uint8)
    for _ in range(60):
        x, y, w, h = (int(n) for n in rng.integers([0, 0, 10, 10], [W - 30, H - 15, 125, 100]))
        colour = tuple(int(n) for n in rng.integers(25, 200, 3))
        cv2.rectangle(picture, (x, y), (x + w, y + h), colour, -1)
    return np.asarray(cv2.GaussianBlur(picture, (5, 5), 0), np.uint8)


def shot(scene: Image, index: int, gain: float = 1.0, offset: float = 0.0, noise: float = 3.0) -> Image:
    """The scene as a sensor sees it."""
    grain = np.roll(_grain(), index * 7919, axis=1)[: scene.shape[0], : scene.shape[1]]
    return np.clip(scene * np.float32(gain) + np.float32(offset) + grain * np.float32(noise), 0, 255).astype(np.uint8)


@cache
def _grain() -> np.ndarray:
    """Noise of a sensor, larger than any picture: rolled by another width each time it is another noise."""
    return np.random.default_rng(5).normal(0, 1, (H, 4 * W, 3)).astype(np.float32)


def with_ball(scene: Image, x: float, y: float = 0.6, radius: int = 12) -> Image:
    picture = scene.copy()
    cv2.circle(picture, (round(x * W), round(y * H)), radius, (20, 30, 220), -1)
    return picture


def test_who_enters_is_seen_within_two_frames_and_an_empty_room_is_left_alone() -> None:
    gate = MotionGate(MotionConfig())
    looked = {frame.index for frame in frames(film()) if gate(frame)}
    for first in FIRST_SEEN:
        assert {first, first + 1, first + 2} & looked, f"the walker of frame {first}"
        assert first + 2 in looked
    empty = [i for first, last in EMPTY for i in range(first, last + 1)]
    share = len(looked & set(empty)) / len(empty)
    assert share <= 0.15, f"looked at {share:.0%} of the empty room"


def test_bottles_on_a_table_are_looked_at_when_a_hand_comes() -> None:
    looked = looks(film("bottle-detection.mp4", 300), fps=30)
    assert looked[0] == 0


@pytest.mark.parametrize(
    ("name", "gain", "offset"),
    [
        ("nothing but noise", lambda i: 1.0, lambda i: 0.0),
        ("a cloud", lambda i: 0.75 + 0.25 * np.cos(i / 25), lambda i: 0.0),
        ("exposure that hunts", lambda i: 1.0 + 0.08 * np.sin(i * 1.5), lambda i: 0.0),
        ("dusk", lambda i: 1.0 - i / 400, lambda i: 0.0),
        ("haze", lambda i: 1.0, lambda i: 8 * np.sin(i / 10)),
        ("flicker of a lamp", lambda i: 1.0 + 0.06 * (i % 2), lambda i: 0.0),
    ],
)
def test_light_that_changes_everywhere_is_no_motion(
    name: str, gain: Callable[[int], float], offset: Callable[[int], float]
) -> None:
    scene = room()
    looked = looks(shot(scene, i, gain(i), offset(i)) for i in range(200))
    assert [i for i in looked if i > 10] == [], name


def test_a_dark_scene_full_of_noise_is_no_motion_but_a_ball_in_it_is() -> None:
    scene = room()
    dark = [shot(scene, i, 0.25, 0, noise=6) for i in range(120)]
    assert [i for i in looks(dark) if i > 30] == [], "it takes two seconds to know the noise"
    rolling = [*dark, *(shot(with_ball(scene, 0.1 + i / 20, radius=22), i, 0.25, 0, noise=6) for i in range(10))]
    assert {120, 121, 122} & set(looks(rolling))


def test_a_ball_is_seen_while_a_cloud_passes() -> None:
    scene = room()
    images = [
        shot(with_ball(scene, i / 60 - 1) if i > 60 else scene, i, 0.75 + 0.25 * np.cos(i / 25)) for i in range(110)
    ]
    looked = set(looks(images))
    assert {61, 62, 63} & looked
    assert set(range(64, 110)) <= looked


def test_it_looks_every_few_seconds_all_the_same() -> None:
    scene = room()
    looked = looks((shot(scene, i) for i in range(200)), every=4.0)
    late = [i for i in looked if i > 10]
    assert len(late) in (4, 5)
    assert all(b - a == 40 for a, b in pairwise(late))


def rolling(scene: Image, radius: int = 12) -> list[Image]:
    return [
        *(shot(scene, i) for i in range(20)),
        *(shot(with_ball(scene, i / 30, radius=radius), i) for i in range(1, 30)),
    ]


def late(looked: list[int]) -> list[int]:
    return [i for i in looked if i > 15]


def test_what_moves_under_a_mask_doesnt_count() -> None:
    images = rolling(room())
    assert late(looks(images))
    assert not late(looks(images, masks=[[[0, 0.4], [1, 0.4], [1, 0.8], [0, 0.8]]]))
    assert late(looks(images, masks=[[[0, 0.4], [0.5, 0.4], [0.5, 0.8], [0, 0.8]]]))[0] > 33


def test_what_is_too_small_doesnt_count() -> None:
    images = rolling(room(), radius=4)
    assert late(looks(images, min_area=0.0002))
    assert not late(looks(images, min_area=0.02))


def test_sensitivity_decides_how_faint_a_change_counts() -> None:
    scene = np.full((H, W, 3), 100, np.uint8)
    faint = [
        *(shot(scene, i, noise=1) for i in range(20)),
        *(shot(np.where(with_ball(scene, i / 30) != 100, 116, 100), i, noise=1) for i in range(1, 30)),
    ]
    assert late(looks(faint, sensitivity=0.9))
    assert not late(looks(faint, sensitivity=0.1))


def test_another_resolution_begins_anew() -> None:
    scene = room()
    images = [shot(scene, i) for i in range(20)] + [cv2.resize(shot(scene, i), (320, 240)) for i in range(30)]
    looked = looks(images)
    assert 20 in looked
    assert 45 not in looked


def test_it_costs_little() -> None:
    cv2.setNumThreads(1)
    images = list(frames(film(most=60)))
    gate = MotionGate(MotionConfig())
    costs = []
    for _ in range(3):
        for frame in images:
            start = time.thread_time()
            gate(frame)
            costs.append(time.thread_time() - start)
    assert np.median(costs) < 0.0015, f"{np.median(costs) * 1000:.2f} ms"
