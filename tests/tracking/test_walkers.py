"""Six people walk through a room, one at a time, and stand at a table; the bundled detector sees them."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from numpy.typing import NDArray

from edgedet.capture.video import read_video
from edgedet.inference.detector import Detector
from tests.places import shared
from tests.tracking.following import follow, given
from tests.tracking.libraries import LIBRARIES
from tests.tracking.scenes import Look

SIZE = (768, 432)
RATE = 10.0
EVERY = 4
"""2.5 frames a second, about what a small board manages. At 2, who walks in fast has left the box they were last seen
in: there two of the five ways to choose every fifth frame lose somebody's id once."""
WALKERS = [(60, 198), (227, 451), (502, 701), (745, 871), (921, 1201), (1234, 1361)]
"""First frame in which any part of each is in the picture, and the first without; seen by eye."""


def look_at(every: int) -> list[Look]:
    """The truth: boxes from a walker's first to last confident detection, interpolated where one is missing."""
    detector = Detector(confidence=0.2, threads=1)
    person = detector.labels.index("person")
    rows = dict[int, NDArray[np.float32]]()
    for index, shown in enumerate(read_video(str(shared("data/videos/one-by-one-person-detection.mp4")))):
        if index % every == 0:
            found = detector.detect(shown.image)
            found = found[found.class_ids == person]
            rows[index] = np.column_stack([found.boxes, found.scores]).astype(np.float32)
    truth = dict[int, tuple[int, NDArray[np.float32]]]()
    for walker, (begin, end) in enumerate(WALKERS):
        known = [i for i in rows if begin <= i < end and len(rows[i]) and rows[i][0, 4] >= 0.5]
        boxes = np.array([rows[i][0, :4] for i in known])
        for i in (i for i in rows if known[0] <= i <= known[-1]):
            truth[i] = walker, np.array([[np.interp(i, known, boxes[:, c]) for c in range(4)]], np.float32)
    nobody = np.zeros(0, np.int64), np.zeros((0, 4), np.float32)
    looks = []
    for i, found_there in rows.items():
        ids, boxes = (np.array([truth[i][0]], np.int64), truth[i][1]) if i in truth else nobody
        looks.append(Look(i / RATE, ids, boxes, found_there[:, :4].copy(), found_there[:, 4].copy()))
    return looks


def check(looks: list[Look]) -> None:
    figures, ids = follow(looks, SIZE)
    assert figures.switches == 0
    assert figures.idf1 > 0.9
    during = defaultdict[int, set[int]](set)
    for look, row in zip(looks, ids, strict=True):
        walker = next((k for k, (a, b) in enumerate(WALKERS) if a <= round(look.elapsed * RATE) < b), -1)
        for track in row:
            during[track].add(walker)
    assert set.union(*during.values()) >= set(range(6))
    assert all(len(walkers - {-1}) <= 1 for walkers in during.values()), "one id for two people"


@pytest.fixture(scope="module")
def slowly() -> list[Look]:
    return look_at(EVERY)


def test_each_has_an_id_of_their_own(slowly: list[Look]) -> None:
    check(slowly)


@pytest.mark.slow
def test_each_has_an_id_of_their_own_at_the_full_rate() -> None:
    check(look_at(1))


@pytest.mark.parametrize("library", LIBRARIES)
def test_not_worse_than_a_library(slowly: list[Look], library: str) -> None:
    pytest.importorskip(library, reason=f"needs {library} to compare with")
    if library == "supervision":
        pytest.importorskip("supervision.tracker", reason="needs a supervision that still has a tracker (< 0.28)")
    frames = [(look.elapsed, look.boxes, look.scores) for look in slowly]
    theirs = given(slowly, LIBRARIES[library](frames, RATE / EVERY, True))
    figures, _ = follow(slowly, SIZE)
    assert figures.mota >= theirs.mota
    assert figures.idf1 >= theirs.idf1
