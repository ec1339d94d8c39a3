from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgedet.config.tracking import TrackingConfig
from edgedet.tracking import Tracker
from edgedet.types import Detections
from tests.tracking.following import LABELS, seen

SIZE = (640, 480)
COORDINATE = st.floats(0, 1, width=32)
SCORES = st.lists(st.floats(0, 1, width=32), max_size=8)


@st.composite
def detections(draw: st.DrawFn) -> Detections:
    """Whatever a detector may say, empty boxes too."""
    scores = sorted(draw(SCORES), reverse=True)
    corners = [[draw(COORDINATE) for _ in range(4)] for _ in scores]
    boxes = [[min(a, c) * 640, min(b, d) * 480, max(a, c) * 640, max(b, d) * 480] for a, b, c, d in corners]
    kinds = [draw(st.integers(0, len(LABELS) - 1)) for _ in scores]
    shaped = np.array(boxes, np.float32).reshape(-1, 4)
    return Detections(shaped, np.array(scores, np.float32), np.array(kinds, np.int32), LABELS)


FILMS = st.lists(st.tuples(st.sampled_from([0.0, 0.03, 0.1, 0.5, 3.0, 4000.0]), detections()), max_size=12)


def ids(found: Detections) -> list[int]:
    assert found.track_ids is not None
    assert found.track_ids.dtype == np.int64
    return found.track_ids.tolist()


def walker(x: float, y: float = 200, width: float = 40, height: float = 100) -> tuple[float, float, float, float]:
    return x, y, x + width, y + height


@settings(max_examples=60, deadline=None)
@given(FILMS)
def test_whatever_comes(film: list[tuple[float, Detections]]) -> None:
    tracker, now, kinds, highest = Tracker(TrackingConfig()), 0.0, dict[int, int](), 0
    for step, found in film:
        now += step
        before = {track.id for track in tracker.tracks()}
        out = tracker.update(found, now, SIZE)
        given_ids = ids(out)
        assert len(set(given_ids)) == len(given_ids)
        assert all(each in before or each > highest for each in given_ids), "an old id came back"
        assert (np.diff(out.scores) <= 0).all()
        confident = found[found.scores >= 0.5]
        assert sorted(map(tuple, out[out.scores >= 0.5].boxes.tolist())) == sorted(map(tuple, confident.boxes.tolist()))
        assert (out.scores >= 0.2).all()
        for track_id, kind in zip(given_ids, out.class_ids.tolist(), strict=True):
            assert kinds.setdefault(track_id, kind) == kind, "a track changed its label"
        highest = max([highest, *given_ids])
        for track in tracker.tracks():
            assert all(map(math.isfinite, (*track.box, track.score, track.still_since)))
            assert 0 <= track.box[0] <= track.box[2] <= 640
            assert 0 <= track.box[1] <= track.box[3] <= 480
            assert track.first_seen <= track.last_seen <= now
            assert track.still_since <= track.last_seen


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(2, 6))
def test_order_of_detections_does_not_matter(random: object, count: int) -> None:
    rng = np.random.default_rng(count)
    one, other = Tracker(TrackingConfig()), Tracker(TrackingConfig())
    starts = rng.uniform(0, 400, count)
    for look in range(10):
        boxes = [walker(float(x) + 6 * look + float(rng.normal(0, 2)), 40.0 * k) for k, x in enumerate(starts)]
        shuffled = boxes.copy()
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        first = one.update(seen(*((box, 0.75) for box in boxes)), look / 10, SIZE)
        second = other.update(seen(*((box, 0.75) for box in shuffled)), look / 10, SIZE)
        told = [dict(zip(map(tuple, each.boxes.tolist()), ids(each), strict=True)) for each in (first, second)]
        assert told[0] == told[1]


def test_labels_may_be_in_any_order() -> None:
    one, other = Tracker(TrackingConfig()), Tracker(TrackingConfig())
    for look in range(5):
        found = seen((walker(50 + 5 * look), 0.9, "person"), (walker(52 + 5 * look), 0.8, "dog"))
        turned = Detections(found.boxes, found.scores, np.int32(2) - found.class_ids, LABELS[::-1])
        assert ids(one.update(found, look / 10, SIZE)) == ids(other.update(turned, look / 10, SIZE))
        assert [t.label for t in one.tracks()] == [t.label for t in other.tracks()] == ["person", "dog"]


def test_two_who_cross_keep_their_ids() -> None:
    tracker = Tracker(TrackingConfig())
    for look in range(40):
        left, right = walker(50 + 12 * look, 200), walker(520 - 12 * look, 215)
        out = tracker.update(seen((left, 0.9), (right, 0.8)), look / 10, SIZE)
        assert sorted(ids(out)) == [1, 2]
        assert ids(out)[0] == 1


def test_a_weak_box_keeps_a_track_but_begins_none() -> None:
    tracker = Tracker(TrackingConfig())
    assert ids(tracker.update(seen((walker(300), 0.3)), 0.0, SIZE)) == []
    for look in range(1, 20):
        out = tracker.update(seen((walker(100 + 3 * look), 0.9 if look < 5 else 0.3)), look / 10, SIZE)
        assert ids(out) == [1]
    assert ids(tracker.update(seen((walker(160), 0.1)), 2.0, SIZE)) == []


def test_labels_have_their_own_confidence() -> None:
    tracker = Tracker(TrackingConfig(), 0.5, {"dog": 0.8})
    out = tracker.update(seen((walker(100), 0.7, "dog"), (walker(300), 0.6, "person")), 0.0, SIZE)
    assert out.to_dicts()[0]["label"] == "person"
    assert len(out) == 1
    tracker.trust(0.5, {})
    assert len(tracker.update(seen((walker(100), 0.7, "dog")), 0.1, SIZE)) == 1


@pytest.mark.parametrize("rate", [3, 10, 30])
@pytest.mark.parametrize("gap", [1.0, 1.8])
def test_a_gap_is_measured_in_seconds_whatever_the_rate(rate: int, gap: float) -> None:
    tracker, got = Tracker(TrackingConfig()), set[int]()
    for look in range(5 * rate):
        now = look / rate
        hidden = 2 < now < 2 + gap
        out = tracker.update(seen(*([] if hidden else [(walker(50 + 60 * now), 0.9)])), now, SIZE)
        got |= set(ids(out))
    assert got == {1}


def test_what_was_lost_for_longer_is_somebody_new() -> None:
    tracker = Tracker(TrackingConfig(lost_seconds=1.0))
    for look in range(5):
        tracker.update(seen((walker(100), 0.9)), look / 10, SIZE)
    tracker.update(seen(), 0.5, SIZE)
    assert len(tracker.tracks()) == 1
    assert ids(tracker.update(seen((walker(100), 0.9)), 1.6, SIZE)) == [2]


def test_after_a_leap_in_time_tracks_have_ended() -> None:
    tracker = Tracker(TrackingConfig())
    for look in range(10):
        tracker.update(seen((walker(100 + 10 * look), 0.9)), look / 10, SIZE)
    tracker.update(seen(), 86_400.0, SIZE)
    assert tracker.tracks() == ()
    tracker.update(seen((walker(1), 0.9)), 86_400.0, SIZE)
    with pytest.raises(ValueError, match="is before the last"):
        tracker.update(seen(), 5.0, SIZE)


def test_one_look_is_no_track_that_is_remembered() -> None:
    tracker = Tracker(TrackingConfig(confirm=3))
    for look in range(2):
        tracker.update(seen((walker(100), 0.9)), look / 10, SIZE)
    tracker.update(seen(), 0.2, SIZE)
    assert tracker.tracks() == ()


def test_who_leaves_the_picture_has_left() -> None:
    tracker = Tracker(TrackingConfig())
    for look in range(12):
        tracker.update(seen((walker(480 + 12 * look), 0.9)), look / 10, SIZE)
    for look in range(12, 20):
        tracker.update(seen(), look / 10, SIZE)
    assert tracker.tracks() == ()


def test_a_new_frame_size_scales_what_is_known() -> None:
    tracker = Tracker(TrackingConfig())
    for look in range(5):
        tracker.update(seen((walker(300 + 4 * look), 0.9)), look / 10, SIZE)
    big = [2 * value for value in walker(320)]
    assert ids(tracker.update(seen((big, 0.9)), 0.5, (1280, 960))) == [1]


def test_reset_forgets_but_never_uses_an_id_again() -> None:
    tracker = Tracker(TrackingConfig())
    tracker.update(seen((walker(100), 0.9)), 0.0, SIZE)
    tracker.reset()
    assert tracker.tracks() == ()
    assert ids(tracker.update(seen((walker(100), 0.9)), 0.1, SIZE)) == [2]


def test_other_labels_are_another_model() -> None:
    tracker = Tracker(TrackingConfig())
    tracker.update(seen((walker(100), 0.9)), 0.0, SIZE)
    other = Detections(np.array([walker(100)], np.float32), np.float32([0.9]), np.int32([0]), ("cat",))
    assert ids(tracker.update(other, 0.1, SIZE)) == [2]
    assert [track.label for track in tracker.tracks()] == ["cat"]
