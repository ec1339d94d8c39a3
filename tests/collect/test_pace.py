from __future__ import annotations

import random
from datetime import date

from edgedet.collect.pace import DAY, Pace


def test_a_busy_hour_does_not_take_the_day() -> None:
    pace, kept = Pace(100, 0, random.Random(1)), []
    for second in range(0, round(DAY), 30):
        if pace.may_be_hard(second):
            pace.took(hard=True)
            kept.append(second)
    assert 90 <= len(kept) <= 100
    assert sum(second < 3600 for second in kept) <= 16


def test_random_moments_are_spread_over_the_day() -> None:
    counts = []
    for seed in range(20):
        pace = Pace(100, 0.5, random.Random(seed))
        due = []
        for second in range(0, round(DAY), 30):
            if pace.is_due(second):
                pace.took(hard=False)
                due.append(second)
        counts.append(len(due))
        assert sum(second < DAY / 2 for second in due) in range(12, 40)
    assert 45 < sum(counts) / len(counts) < 55


def test_what_a_day_has_had_counts_after_a_restart() -> None:
    pace = Pace(10, 0.5, random.Random(1))
    pace.begin(date(2026, 3, 2), 10)
    assert not pace.may_be_hard(1e5)
    assert not pace.is_due(1e9)
    pace.begin(date(2026, 3, 3), 0)
    assert pace.may_be_hard(2e5)


def test_without_a_share_nothing_is_random() -> None:
    assert not any(Pace(10, 0).is_due(second) for second in range(0, 10**6, 1000))
    assert not Pace(10, 1).may_be_hard(1e6)
