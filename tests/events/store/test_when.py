from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.events.store.when import parse_span

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 14, 30, tzinfo=BERLIN)  # a Saturday
moments = st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("words", "begin", "end"),
    [
        ("today", "2026-11-21 00:00", "2026-11-22 00:00"),
        ("Yesterday", "2026-11-20 00:00", "2026-11-21 00:00"),
        ("last night", "2026-11-20 18:00", "2026-11-21 06:00"),
        ("tonight", "2026-11-21 18:00", "2026-11-22 06:00"),
        ("this morning", "2026-11-21 06:00", "2026-11-21 12:00"),
        ("yesterday evening", "2026-11-20 18:00", "2026-11-21 00:00"),
        ("yesterday at 22:00", "2026-11-20 22:00", "2026-11-20 22:00"),
        ("yesterday, 10:15 pm", "2026-11-20 22:15", "2026-11-20 22:15"),
        ("monday", "2026-11-16 00:00", "2026-11-17 00:00"),
        ("saturday", "2026-11-21 00:00", "2026-11-22 00:00"),
        ("last saturday", "2026-11-14 00:00", "2026-11-15 00:00"),
        ("fri 8:30", "2026-11-20 08:30", "2026-11-20 08:30"),
        ("8am", "2026-11-21 08:00", "2026-11-21 08:00"),
        ("12 am", "2026-11-21 00:00", "2026-11-21 00:00"),
        ("22:00", "2026-11-21 22:00", "2026-11-21 22:00"),
        ("now", "2026-11-21 14:30", "2026-11-21 14:30"),
        ("2 hours ago", "2026-11-21 12:30", "2026-11-21 12:30"),
        ("an hour ago", "2026-11-21 13:30", "2026-11-21 13:30"),
        ("90 min ago", "2026-11-21 13:00", "2026-11-21 13:00"),
        ("3 days ago", "2026-11-18 14:30", "2026-11-18 14:30"),
        ("last hour", "2026-11-21 13:30", "2026-11-21 14:30"),
        ("this week", "2026-11-16 00:00", "2026-11-23 00:00"),
        ("last week", "2026-11-09 00:00", "2026-11-16 00:00"),
        ("this month", "2026-11-01 00:00", "2026-12-01 00:00"),
        ("last month", "2026-10-01 00:00", "2026-11-01 00:00"),
        ("2026-11-20", "2026-11-20 00:00", "2026-11-21 00:00"),
        ("2026-11-20 22:00", "2026-11-20 22:00", "2026-11-20 22:00"),
        ("2026-11-20T22:00:30", "2026-11-20 22:00:30", "2026-11-20 22:00:30"),
        ("2026-11-20 evening", "2026-11-20 18:00", "2026-11-21 00:00"),
        ("2026-11-20T21:00:00Z", "2026-11-20 22:00", "2026-11-20 22:00"),
    ],
)
def test_words(words: str, begin: str, end: str) -> None:
    span = parse_span(words, NOW, BERLIN)
    assert span.begin == datetime.fromisoformat(begin).replace(tzinfo=BERLIN)
    assert span.end == datetime.fromisoformat(end).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    "words",
    ["", "later", "25:00", "13pm", "0am", "2026-02-30", "2026-11-20 sometime", "8", "monday tuesday", "ago", "1e9"],
)
def test_what_is_not_understood_says_what_would_be(words: str) -> None:
    with pytest.raises(ValueError, match="not a time; write for example"):
        parse_span(words, NOW, BERLIN)


@given(st.text(max_size=30) | st.from_regex(r"[0-9a-z :+-]{0,20}(ago|am|pm|night)?", fullmatch=True), moments)
def test_any_text_is_a_span_or_a_clear_error(words: str, now: datetime) -> None:
    with contextlib.suppress(ValueError):
        span = parse_span(words, now, BERLIN)
        assert span.begin <= span.end


@given(moments)
def test_days_follow_each_other_without_gap_whatever_the_clock_does(now: datetime) -> None:
    today, yesterday = parse_span("today", now, BERLIN), parse_span("yesterday", now, BERLIN)
    assert yesterday.end == today.begin <= now < today.end
    assert timedelta(hours=23) <= yesterday.end - yesterday.begin <= timedelta(hours=25)


@given(moments, st.sampled_from(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]))
def test_a_weekday_is_the_latest_one(now: datetime, name: str) -> None:
    span = parse_span(name, now, BERLIN)
    assert span.begin.astimezone(BERLIN).strftime("%A").lower() == name
    assert span.begin <= now
    assert now - span.begin <= timedelta(days=7, hours=1)


@given(st.dates(date(1971, 1, 2), date(2098, 12, 30)), moments)
def test_a_date_is_that_day_whenever_it_is_asked_for(day: date, now: datetime) -> None:
    span = parse_span(day.isoformat(), now, BERLIN)
    assert span.begin.astimezone(BERLIN).date() == day
    assert (span.end - timedelta(seconds=1)).astimezone(BERLIN).date() == day


@given(moments)
def test_what_is_printed_can_be_typed_again(now: datetime) -> None:
    assert parse_span(now.isoformat(), now).begin == now


@given(
    st.integers(1, 1000), st.sampled_from([("minute", 60), ("hour", 3600), ("day", 86400), ("week", 604800)]), moments
)
def test_ago_is_exact(count: int, unit: tuple[str, int], now: datetime) -> None:
    span = parse_span(f"{count} {unit[0]}s ago", now, UTC)
    assert span.begin == span.end == now - timedelta(seconds=count * unit[1])
