"""Hours of the week, on the clock of a place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.schedule import DAYS, Schedule, parse

PLACES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda time: time.replace(tzinfo=UTC))


def berlin(text: str, time: str) -> bool:
    return parse(text, "Europe/Berlin").holds(datetime.fromisoformat(time).replace(tzinfo=ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize(
    ("time", "holds"),
    [
        ("2026-11-20T21:59", False),  # a Friday
        ("2026-11-20T22:00", True),
        ("2026-11-21T05:59", True),  # Friday's night, and a Saturday anyway
        ("2026-11-22T23:59", True),
        ("2026-11-23T03:00", False),  # Sunday's night isn't Monday's
        ("2026-11-23T23:00", True),
        ("2026-11-24T05:59", True),
        ("2026-11-24T06:00", False),
    ],
)
def test_nights_belong_to_the_day_they_begin_on(time: str, holds: bool) -> None:
    assert berlin("mon-fri 22:00-06:00; sat,sun", time) is holds


def test_nothing_written_is_always_and_hours_alone_are_every_day() -> None:
    assert Schedule().holds(datetime.now(UTC))
    assert parse("").holds(datetime.now(UTC))
    assert all(berlin("12:00-13:00", f"2026-11-{16 + day}T12:30") for day in range(7))
    assert berlin("fri-mon 06:00-08:00,17:00-24:00", "2026-11-22T23:59")
    assert not berlin("fri-mon 06:00-08:00, 17:00-24:00", "2026-11-24T06:30")


@given(MOMENTS, st.sampled_from(PLACES), st.integers(0, 1439), st.integers(1, 1439))
def test_what_counts_is_what_the_clock_on_the_wall_shows(moment: datetime, place: str, begin: int, length: int) -> None:
    end = (begin + length) % 1440
    schedule = parse(f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}", place)
    local = moment.astimezone(ZoneInfo(place))
    minute = local.hour * 60 + local.minute
    assert schedule.holds(moment) == ((minute - begin) % 1440 < length)


@given(MOMENTS, st.sampled_from(PLACES), st.sets(st.sampled_from(DAYS), min_size=1))
def test_whole_days(moment: datetime, place: str, days: set[str]) -> None:
    assert parse(",".join(sorted(days)), place).holds(moment) == (
        DAYS[moment.astimezone(ZoneInfo(place)).weekday()] in days
    )


def test_an_hour_that_comes_twice_counts_twice_and_one_that_is_skipped_never() -> None:
    schedule = parse("02:00-03:00", "Europe/Berlin")

    def minutes(day: datetime) -> int:
        return sum(schedule.holds(day + timedelta(minutes=n)) for n in range(24 * 60))

    assert minutes(datetime(2026, 10, 24, 22, tzinfo=UTC)) == 120, "clocks go back at 3"
    assert minutes(datetime(2026, 3, 28, 23, tzinfo=UTC)) == 0, "clocks go from 2 to 3"
    night = parse("sat 22:00-06:00", "Europe/Berlin")
    begin = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert sum(night.holds(begin + timedelta(minutes=n)) for n in range(24 * 60)) == 9 * 60


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("mon-fri 25:00", "", "25:00"),
        ("mon 25:00-26:00", "", "beyond the clock"),
        ("mon 10:75-11:00", "", "beyond the clock"),
        ("22:00-22:00", "", "lasts no time"),
        ("mno", "", "did you mean mon?"),
        ("mon-xyz", "", "no day of the week"),
        (";", "", "names no time"),
        ("mon 8-9", "", "no hours"),
        ("mon", "Europe/Berln", "did you mean Europe/Berlin?"),
        ("mon", "../etc/passwd", "no time zone"),
        ("mon", "berlin", "did you mean Europe/Berlin?"),
    ],
)
def test_what_cant_be_is_refused_in_a_line(text: str, zone: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"^(schedule|time_zone): ") as refusal:
        parse(text, zone)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


@given(st.text(max_size=30))
def test_any_text_is_understood_or_refused(text: str) -> None:
    refused = ""
    try:
        parse(text)
    except ValueError as error:
        refused = str(error)
    assert refused == "" or refused.startswith("schedule: ")
