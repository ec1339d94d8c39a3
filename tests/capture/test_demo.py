from __future__ import annotations

import itertools

import numpy as np
import pytest

from edgedet.capture import open_source
from edgedet.capture.demo import SCENES
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.inference.detector import Detector
from edgedet.types import Frame


def frames(count: int, step: int = 1, **settings: float) -> list[Frame]:
    source = open_source(SourceConfig(uri="demo:", as_fast=True, **settings))
    source.open()
    read = (source.read() for _ in range(count))
    return [frame for frame in itertools.islice(read, 0, None, step) if frame is not None]


def test_the_same_at_every_start() -> None:
    for one, other in zip(frames(12), frames(12), strict=True):
        assert np.array_equal(one.image, other.image)


def test_size_rate_and_count_as_asked() -> None:
    shown = frames(5, width=321, height=181, fps=7)
    assert {frame.image.shape for frame in shown} == {(181, 321, 3)}
    assert [frame.index for frame in shown] == list(range(5))
    assert [frame.time for frame in shown] == pytest.approx([n / 7 for n in range(5)])


@pytest.mark.parametrize(("width", "height"), [(64, 64), (90, 160), (1280, 720), (1921, 1081)])
def test_no_border_shows_at_any_shape(width: int, height: int) -> None:
    for frame in frames(25, step=6, width=width, height=height, fps=2):  # 8 frames a scene: all three
        edges = (frame.image[0], frame.image[-1], frame.image[:, 0], frame.image[:, -1])
        assert all((edge.max(axis=-1) > 0).mean() > 0.5 for edge in edges)


def test_it_moves_smoothly_and_cuts() -> None:
    shown = [frame.image.astype(np.int16) for frame in frames(61, width=320, height=180, fps=15)]
    change = [float(np.abs(a - b).mean()) for a, b in itertools.pairwise(shown)]
    assert min(change[:59]) > 0
    assert change[59] > 3 * max(change[:59])


def test_the_bundled_model_finds_the_subject_most_of_the_time() -> None:
    detector = Detector(threads=1, confidence=0.5)
    per_scene = 16
    shown = frames(per_scene * len(SCENES), fps=per_scene / 4)
    for number, wanted in enumerate(("person", "cat", "person")):
        scene = shown[number * per_scene : (number + 1) * per_scene]
        found = [len(detector.detect(frame.image).filter(wanted)) > 0 for frame in scene]
        assert sum(found) >= 0.75 * per_scene, (wanted, found)


def test_nothing_goes_after_the_colon() -> None:
    with pytest.raises(SourceError, match=r"^demo:cat: .*; use demo:$"):
        open_source(SourceConfig(uri="demo:cat"))
