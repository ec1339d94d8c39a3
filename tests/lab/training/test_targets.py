import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edgedet.boxes import intersections
from edgedet.inference.anchors import ssd_anchors
from edgedet.lab.training.targets import MATCHED, Matcher, Sample, corners, decode, encode

ANCHORS = ssd_anchors(192, 192)
NOTHING = np.zeros((0, 4), np.float32), np.zeros(0, np.int64)


def boxes(most: int = 5) -> st.SearchStrategy[np.ndarray]:
    fraction = st.floats(0, 1, width=32)
    count = st.integers(1, most)
    raw = count.flatmap(lambda n: hnp.arrays(np.float32, (n, 4), elements=fraction))

    def ordered(values: np.ndarray) -> np.ndarray:
        low, high = np.minimum(values[:, :2], values[:, 2:]), np.maximum(values[:, :2], values[:, 2:])
        return np.concatenate([low, np.minimum(np.maximum(high, low + 0.02), 1.02)], axis=1).astype(np.float32)

    return raw.map(ordered)


def sample(found: np.ndarray, labels: np.ndarray, unknown=NOTHING) -> Sample:
    return Sample(np.zeros((8, 8, 3), np.uint8), found, labels, *unknown)


@given(boxes(), st.integers(0, len(ANCHORS) - 1))
def test_what_is_encoded_is_decoded_again(found: np.ndarray, first: int) -> None:
    anchors = ANCHORS[np.arange(first, first + len(found)) % len(ANCHORS)]
    assert np.allclose(decode(encode(found, anchors), anchors), found, atol=2e-4)


@given(boxes())
def test_every_object_has_an_anchor_and_every_matched_anchor_finds_its_object(found: np.ndarray) -> None:
    labels = np.arange(len(found)) % 3
    targets = Matcher(ANCHORS, 3)(sample(found, labels))
    matched = targets.labels >= 0
    decoded = decode(targets.encodings[matched], ANCHORS[matched])
    distance = np.abs(decoded[:, None] - found[None]).max(axis=2)
    assert (distance.min(axis=1) < 2e-3).all()
    for own, label in zip(distance < 2e-3, targets.labels[matched], strict=True):
        assert label in labels[own]  # several objects may have one and the same box
    assert matched.any()
    assert targets.asked[matched].all()


def test_one_object_takes_the_anchors_that_overlap_it_by_half() -> None:
    box = np.array([[0.3, 0.3, 0.62, 0.6]], np.float32)
    targets = Matcher(ANCHORS, 2)(sample(box, np.array([1])))
    shared = intersections(corners(ANCHORS), box)[:, 0]
    iou = shared / (ANCHORS[:, 2] * ANCHORS[:, 3] + 0.32 * 0.3 - shared)
    assert (targets.labels[iou >= MATCHED] == 1).all()
    assert set(np.flatnonzero(targets.labels >= 0)) == set(np.flatnonzero(iou >= MATCHED)) | {iou.argmax()}
    between = (iou >= 0.4) & (iou < MATCHED)
    assert between.any()
    assert not targets.asked[between & (targets.labels < 0)].any()
    assert targets.asked[iou < 0.39].all()


def test_an_unlabelled_class_is_not_asked_about_and_the_others_are() -> None:
    everywhere = np.array([[0, 0, 1, 1]], np.float32)
    targets = Matcher(ANCHORS, 3)(sample(*NOTHING, unknown=(everywhere, np.array([2]))))
    assert targets.asked[:, :2].all()
    inside = intersections(corners(ANCHORS), everywhere)[:, 0] > 0.51 * ANCHORS[:, 2] * ANCHORS[:, 3]
    assert not targets.asked[inside, 2].any()
    assert inside.mean() > 0.9


def test_an_object_in_an_unknown_region_is_still_learnt() -> None:
    box = np.array([[0.2, 0.2, 0.7, 0.7]], np.float32)
    targets = Matcher(ANCHORS, 2)(sample(box, np.array([0]), unknown=(box, np.array([0]))))
    assert targets.asked[targets.labels == 0].all()
