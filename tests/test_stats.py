"""Rates and percentiles that don't lie."""

from __future__ import annotations

import time

import numpy as np
import pytest

from edgedet.stats import KEPT, Ring, StageStats, percentiles_ms


def test_a_rate_counts_intervals_and_falls_silent() -> None:
    stats = StageStats("detect")
    assert stats.rate() == 0
    stats.beat()
    assert stats.rate() == 0  # one frame is no interval
    now = time.monotonic()
    for back in np.arange(0.9, -0.01, -0.1):  # ten more, 0.1 s apart
        stats._stamps.append(now - back)
    stats._stamps[0] = now - 100
    assert stats.rate() == pytest.approx(10, rel=0.15)
    for i in range(11):
        stats._stamps[i] -= 4
    assert stats.rate() < 3  # nothing came for four seconds: not 10 any more


def test_a_ring_holds_the_latest() -> None:
    ring = Ring()
    for i in range(KEPT + 10):
        ring.append(i)
    assert sorted(ring.values()) == list(range(10, KEPT + 10))


def test_percentiles() -> None:
    assert percentiles_ms(np.zeros(0)) is None
    assert percentiles_ms(np.arange(101) / 1000) == {"p50": 50.0, "p95": 95.0, "p99": 99.0}


@pytest.mark.parametrize("count", [1, 2, 3, 7, KEPT])
def test_percentiles_are_those_of_numpy(count: int) -> None:
    seconds = np.sin(np.arange(count) * 7.3) + 1
    expected = np.percentile(seconds, (50, 95, 99)) * 1e3
    assert list((percentiles_ms(seconds) or {}).values()) == pytest.approx(expected, abs=0.001)


def test_steps_are_kept_by_name() -> None:
    stats = StageStats("detect")
    stats.beat(invoke=0.002, decode=0.001)
    stats.beat(invoke=0.004, decode=0.001)
    assert sorted(stats.seconds("invoke")) == [0.002, 0.004]
    assert len(stats.seconds("publish")) == 0
    assert stats.frames == 2
