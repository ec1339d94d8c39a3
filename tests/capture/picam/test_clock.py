"""The sensor's stamps on the monotonic clock."""

from __future__ import annotations

import itertools
import time
from random import Random

import pytest

from edgedet.capture.picam import clock
from edgedet.capture.picam.clock import SensorClock, ahead


def boot_ns(ago: float) -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) - int(ago * 1e9)


def test_a_stamp_is_where_it_was_taken() -> None:
    told = SensorClock()(boot_ns(0.1))
    assert 0.099 < time.monotonic() - told < 0.3


def test_steps_between_stamps_are_kept_although_the_thread_is_held_up() -> None:
    sensor, begin, random = SensorClock(), boot_ns(0.9), Random(1)
    told = []
    for number in range(50):
        time.sleep(random.uniform(0, 0.002))
        told.append(sensor(begin + number * 1_000_000))
    assert told == sorted(told)
    assert all(b - a == pytest.approx(0.001, abs=1e-6) for a, b in itertools.pairwise(told))


@pytest.mark.parametrize("ago", [-5.0, 60.0])
def test_a_stamp_that_cannot_be_right_is_now_and_time_never_goes_back(ago: float) -> None:
    sensor = SensorClock()
    told = [sensor(boot_ns(each)) for each in (0.5, ago, 0.5, ago, 0.0)] + [sensor(None)]
    assert told == sorted(told)
    assert told[1] == pytest.approx(time.monotonic(), abs=0.3)


def test_a_machine_that_slept() -> None:
    sensor = SensorClock()
    sensor._ahead -= 100  # as measured before it slept for 100 s
    told = sensor(boot_ns(0.2))
    assert 0.19 < time.monotonic() - told < 0.5


def test_the_tightest_of_the_tries_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, calls = time.monotonic, []

    def held_up() -> float:
        calls.append(1)
        if len(calls) in (2, 4):  # preempted between the clocks
            time.sleep(0.05)
        return plain()

    true = ahead()
    monkeypatch.setattr(clock.time, "monotonic", held_up)
    assert ahead() == pytest.approx(true, abs=0.005)
