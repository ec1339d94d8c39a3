from __future__ import annotations

from datetime import UTC, datetime, timedelta

from edgedet.drift.alarm import AFTER, CALM, Alarm
from edgedet.drift.finding import Finding, level

START = datetime(2026, 3, 2, tzinfo=UTC)


def hear(alarm: Alarm, *ratios: float, measure: str = "brightness") -> list[str | None]:
    heard = []
    for number, ratio in enumerate(ratios):
        begin = START + timedelta(minutes=10 * number)
        heard.append(alarm.hear([Finding(measure, 100, 50, ratio, 1)], begin))
    return heard


def test_a_moment_is_no_news() -> None:
    assert hear(Alarm(), 0.2, 3, 0.2, 3, 0.2) == [None] * 5


def test_it_is_told_once_and_since_when() -> None:
    alarm = Alarm()
    assert hear(alarm, 0.2, 3, 3, 3, 3) == [None, None, "begin", None, None]
    assert alarm.since == START + timedelta(minutes=10)
    assert AFTER == 2


def test_it_is_over_only_after_a_while_and_well_below() -> None:
    alarm = Alarm(START)
    assert hear(alarm, *[0.9] * 10) == [None] * 10
    assert hear(alarm, *[0.5] * CALM) == [None] * (CALM - 1) + ["end"]
    assert alarm.since is None
    assert hear(alarm, 3) == [None]  # from the beginning again


def test_two_things_that_differ_by_turns_are_no_change() -> None:
    alarm = Alarm()
    for number in range(10):
        measure = ("brightness", "warmth")[number % 2]
        assert alarm.hear([Finding(measure, 1, 2, 3, 1)], START) is None


def test_what_passes_raises_no_alarm_by_itself() -> None:
    assert hear(Alarm(), 3, 3, 3, 3, measure="places") == [None] * 4
    assert level([Finding("places", 0, 0, 3, 1), Finding("brightness", 0, 0, 0.4, 1)]) == 0.2


def test_windows_that_say_nothing_change_nothing() -> None:
    alarm = Alarm()
    found = [Finding("brightness", 0, 0, 2, 1)]
    assert [alarm.hear(each, START) for each in (found, [], found)] == [None, None, "begin"]
