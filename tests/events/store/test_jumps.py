from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from edgedet.config.retention import RetentionConfig
from edgedet.events.store import Store, query
from edgedet.events.store.jumps import FIRST, Jumps
from tests.events.store.made import event

EPOCH, NOW = datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 11, 21, 12, tzinfo=UTC)


class Hands:
    """Two clocks to be turned."""

    def __init__(self, wall: datetime) -> None:
        self.wall, self.seconds = wall, 0.0

    def on(self, seconds: float, jump: timedelta = timedelta(0)) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds) + jump

    def jumps(self) -> Jumps:
        return Jumps(lambda: self.wall, lambda: self.seconds)


def test_what_was_stamped_before_a_jump_is_as_old_as_it_is() -> None:
    hands = Hands(EPOCH)
    jumps = hands.jumps()
    hands.on(60, NOW - EPOCH)
    jumps.look()
    assert jumps.true(EPOCH + timedelta(seconds=20)) == NOW + timedelta(seconds=20)
    assert jumps.true(NOW - timedelta(days=3)) == NOW - timedelta(days=3)
    assert jumps.true(EPOCH - timedelta(seconds=1)) == hands.wall, "not of this start: how old it is can't be known"
    assert jumps.true(FIRST) == FIRST


def test_two_jumps_add_up_and_a_small_step_or_one_back_is_none() -> None:
    hands = Hands(NOW)
    jumps = hands.jumps()
    hands.on(10, timedelta(days=1))
    jumps.look()
    hands.on(10, timedelta(days=1))
    jumps.look()
    assert jumps.true(NOW) == NOW + timedelta(days=2)
    stamp = hands.wall
    hands.on(10, timedelta(seconds=30))
    jumps.look()
    hands.on(10, timedelta(hours=-1))
    jumps.look()
    assert jumps.true(stamp) == stamp


def test_events_of_before_the_network_gave_the_time_are_not_deleted_as_old(tmp_path: Path) -> None:
    wall = EPOCH
    with Store(tmp_path, RetentionConfig(min_free_mb=0), clock=lambda: wall) as store:
        new = event(0, "end", started=EPOCH, ended=EPOCH + timedelta(seconds=5))
        old = event(1, "end", started=NOW - timedelta(days=90), ended=NOW - timedelta(days=90))
        store.put(new)
        store.put(old)
        wall = NOW
        assert store.sweep().events == (old.id,)
        assert store.sweep(NOW + timedelta(days=29)).events == ()  # a person is kept for 30 days
        assert store.sweep(NOW + timedelta(days=31)).events == (new.id,)
    assert not list(query(tmp_path))


def test_after_a_restart_too_what_was_stamped_in_1970_goes_only_when_room_is_needed(tmp_path: Path) -> None:
    limits = RetentionConfig(min_free_mb=0)
    with Store(tmp_path, limits, clock=lambda: EPOCH) as store:
        store.put(event(0, "end", started=EPOCH, ended=EPOCH + timedelta(seconds=5)))
    with Store(tmp_path, limits, clock=lambda: NOW) as store:  # the time came while it was off
        assert store.sweep().events == ()
        assert [each.event.id for each in query(tmp_path)] == [event(0).id]
        store.retention = RetentionConfig(min_free_mb=0, max_gb=1e-9)
        assert store.sweep().events == (event(0).id,)
