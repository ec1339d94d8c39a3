"""Matches, precision-recall curves, recommended confidences and calibration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pycocotools")

from edgedet.lab.datasets import Dataset
from edgedet.lab.evaluate.calibration import reliability
from edgedet.lab.evaluate.matching import Matches, match
from edgedet.lab.evaluate.thresholds import curve, recommend
from tests.lab.evaluate.made import LABELS, detections, picture, scene

WHOLE = [10, 10, 210, 210]
outcomes = st.lists(st.tuples(st.integers(1, 10), st.booleans()), max_size=30)


def made(pairs: list[tuple[int, bool]], missed: int = 0) -> Matches:
    pairs = sorted(pairs, key=lambda pair: -pair[0])
    scores = np.array([score / 10 for score, _ in pairs])
    hits = np.array([hit for _, hit in pairs], np.bool_)
    return Matches(scores, hits, int(hits.sum()) + missed)


def test_an_object_is_found_once_by_the_best() -> None:
    seen = detections([WHOLE, [12, 12, 210, 210], [300, 200, 390, 290]], [0.5, 0.9, 0.7], [0, 0, 0])
    matches = match(Dataset(LABELS, (picture([WHOLE], [0]),)), [seen])
    assert matches["person"].scores.tolist() == pytest.approx([0.9, 0.7, 0.5])
    assert matches["person"].hits.tolist() == [True, False, False]
    assert matches["person"].objects == 1
    assert (len(matches["dog"].scores), matches["dog"].objects) == (0, 0)


def test_crowds_and_pictures_where_a_class_is_unknown_are_left_out() -> None:
    crowd = picture([WHOLE], [0], crowd=np.array([True]))
    unknown = picture([WHOLE], [1], id=2, known=np.array([False, True, True]))
    seen = detections([WHOLE], [0.9], [0])
    matches = match(Dataset(LABELS, (crowd, unknown)), [seen, seen])
    assert (len(matches["person"].scores), matches["person"].objects) == (0, 0)
    assert matches["cat"].objects == 1


@pytest.mark.parametrize("seed", range(3))
def test_hits_never_outnumber_objects(seed: int) -> None:
    dataset, found = scene(seed)
    for matches in match(dataset, found).values():
        assert 0 < matches.hits.sum() <= matches.objects
        assert (np.diff(matches.scores) <= 0).all()


@given(outcomes, st.integers(0, 5))
def test_a_curve_is_what_keeping_only_some_gives(pairs: list[tuple[int, bool]], missed: int) -> None:
    matches = made(pairs, missed)
    drawn = curve(matches)
    assert drawn.scores.tolist() == sorted({score / 10 for score, _ in pairs}, reverse=True)
    for score, precision, recall in zip(drawn.scores, drawn.precision, drawn.recall, strict=True):
        kept = matches.scores >= score
        assert precision == pytest.approx(matches.hits[kept].mean())
        assert recall == pytest.approx(matches.hits[kept].sum() / max(matches.objects, 1))


@given(outcomes, st.integers(0, 5), st.sampled_from([0.25, 0.5, 0.9, 1.0]))
def test_recommendations_are_the_best_there_are(pairs: list[tuple[int, bool]], missed: int, wanted: float) -> None:
    matches = made(pairs, missed)
    found = recommend(matches, wanted)
    tries = []
    for threshold in sorted(set(matches.scores.tolist())):
        kept = matches.hits[matches.scores >= threshold]
        precision, recall = kept.mean(), kept.sum() / max(matches.objects, 1)
        tries.append((threshold, precision, 2 * precision * recall / (precision + recall) if recall else 0))
    if not matches.hits.any():
        assert found.best_f1 is None
        assert found.precise is None
        return
    assert found.best_f1 is not None
    assert found.best_f1.f1 == pytest.approx(max(f1 for _, _, f1 in tries))
    reaching = [threshold for threshold, precision, f1 in tries if precision >= wanted and f1 > 0]
    assert (found.precise.score if found.precise else None) == (min(reaching) if reaching else None)


def test_reliability_by_hand() -> None:
    parts = [made([(9, True), (9, False), (9, True), (9, True)]), made([(4, True)] + [(4, False)] * 3)]
    drawn = reliability(parts)
    assert drawn.counts.tolist() == [0, 0, 0, 0, 4, 0, 0, 0, 0, 4]
    assert drawn.precision[[4, 9]].tolist() == [0.25, 0.75]
    assert drawn.ece == pytest.approx((abs(0.4 - 0.25) + abs(0.9 - 0.75)) / 2)
    assert drawn.to_dict()["precision"][0] is None


def test_what_nobody_is_shown_does_not_count() -> None:
    faint = Matches(np.full(1000, 0.05), np.zeros(1000, np.bool_), 0)
    assert reliability([faint]).ece is None
    assert reliability([faint], lowest=0).ece == pytest.approx(0.05)


def test_confidences_that_are_right_have_no_error() -> None:
    random = np.random.default_rng(0)
    scores = np.sort(random.uniform(0.1, 1, 200_000))[::-1]
    honest = Matches(scores, random.random(len(scores)) < scores, 200_000)
    assert reliability([honest]).ece == pytest.approx(0, abs=0.01)
