from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from edgedet.config.tracking import TrackingConfig
from edgedet.tracking import Tracker
from tests.tracking.following import seen

SIZE = (640, 480)
CAR = np.array([200.0, 200, 360, 280])


def moved(left: float, right: float) -> list[float]:
    """The car with its left and right side elsewhere, in pixels."""
    return [200 + left, 200, 360 + right, 280]


def parked(
    tracker: Tracker, begin: float, end: float, jitter: float = 0.03, rate: float = 5.0, miss: float = 0.0
) -> set[int]:
    """The ids a parked car gets."""
    rng, got = np.random.default_rng(3), set[int]()
    for now in np.arange(begin, end, 1 / rate):
        box = CAR + rng.normal(0, jitter, 4) * [160, 80, 160, 80]
        there = [] if rng.random() < miss else [(box.tolist(), float(rng.uniform(0.3, 0.9)), "car")]
        out = tracker.update(seen(*there), float(now), SIZE)
        assert out.track_ids is not None
        got |= set(out.track_ids.tolist())
    return got


@pytest.mark.parametrize("jitter", [0.0, 0.03, 0.06])
@pytest.mark.parametrize("rate", [1.0, 5.0, 25.0])
def test_a_parked_car_is_stationary(jitter: float, rate: float) -> None:
    tracker = Tracker(TrackingConfig())
    tracker.update(seen((CAR.tolist(), 0.9, "car")), 0.0, SIZE)
    got = parked(tracker, 1 / rate, 8, jitter, rate)
    assert not tracker.is_stationary(1)
    got |= parked(tracker, 8, 14, jitter, rate)
    assert tracker.is_stationary(1)
    assert got == {1}
    assert tracker.tracks()[0].still_since < 3


def test_who_walks_slowly_is_not() -> None:
    tracker = Tracker(TrackingConfig())
    for look in range(200):
        x = 20 + look * 0.6  # 3 pixels a second, 7 % of the width
        tracker.update(seen(([x, 200, x + 40, 300], 0.9)), look / 5, SIZE)
        assert not tracker.is_stationary(1)


def test_a_car_that_flickers_stays_the_same_car() -> None:
    tracker = Tracker(TrackingConfig())
    parked(tracker, 0, 15)
    assert parked(tracker, 15, 75, miss=0.95) <= {1}
    for now in range(75, 200):
        tracker.update(seen(), float(now), SIZE)
    assert tracker.is_stationary(1)
    assert parked(tracker, 200, 202) == {1}


def test_after_its_memory_it_is_a_new_car() -> None:
    tracker = Tracker(TrackingConfig(stationary_memory=30.0))
    parked(tracker, 0, 15)
    tracker.update(seen(), 50.0, SIZE)
    assert not tracker.is_stationary(1)
    assert 1 not in parked(tracker, 51, 53)


def test_another_car_beside_it_is_not_taken_for_it() -> None:
    tracker = Tracker(TrackingConfig())
    parked(tracker, 0, 15)
    tracker.update(seen(), 20.0, SIZE)
    beside = moved(90, 90)
    out = tracker.update(seen((beside, 0.9, "car")), 20.2, SIZE)
    assert out.track_ids is not None
    assert out.track_ids.tolist() == [2]
    tracker.update(seen((CAR.tolist(), 0.9, "dog")), 20.4, SIZE)
    assert [track.label for track in tracker.tracks()] == ["car", "dog"]


def test_hidden_in_part_it_still_stands() -> None:
    tracker = Tracker(TrackingConfig())
    parked(tracker, 0, 15)
    for look in range(25):  # something covers a third of it for five seconds
        tracker.update(seen((moved(50, 0), 0.7, "car")), 15 + look / 5, SIZE)
        assert tracker.is_stationary(1)


def test_a_car_that_drives_off_is_no_longer_stationary_and_keeps_its_id() -> None:
    tracker = Tracker(TrackingConfig())
    parked(tracker, 0, 15, rate=10)
    for look in range(30):
        box = moved(look * 8.0, look * 8.0)
        out = tracker.update(seen((box, 0.9, "car")), 15 + look / 10, SIZE)
        assert out.track_ids is not None
        assert out.track_ids.tolist() == [1]
    assert not tracker.is_stationary(1)


def test_frames_nobody_looks_at_count_as_standing_still() -> None:
    tracker = Tracker(TrackingConfig())
    for look in range(10):
        tracker.update(seen((CAR.tolist(), 0.9, "car")), look / 10, SIZE)
    for look in range(1, 30):
        tracker.hold(1.0 + look)
    assert tracker.is_stationary(1)
    out = tracker.update(seen((CAR.tolist(), 0.9, "car")), 30.5, SIZE)
    assert out.track_ids is not None
    assert out.track_ids.tolist() == [1]


def test_a_memory_shorter_than_that_of_any_track_is_refused() -> None:
    with pytest.raises(ValidationError, match="stationary_memory: 1 s is shorter"):
        TrackingConfig(stationary_memory=1.0)
