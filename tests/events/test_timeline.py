from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from edgedet.cli.timeline import timeline
from edgedet.drawing.palette import colour_of
from edgedet.errors import ConfigError, EdgedetError, OutputError
from edgedet.event import Event
from edgedet.events.day import Day, Entry, best_of, lanes, lasting
from edgedet.events.places import Kept
from edgedet.events.store import Store, keep
from edgedet.events.store.when import parse_span
from edgedet.events.timeline import WIDTH, draw
from edgedet.types import Image

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT = datetime(2026, 11, 20, tzinfo=BERLIN).astimezone(UTC)
NEXT = MIDNIGHT + timedelta(days=1)


def entry(
    hour: float,
    hours: float = 0.1,
    label: str = "person",
    camera: str = "front",
    score: float = 0.8,
    kept: bool = False,
    thumbnail: Image | None = None,
    ended: bool = True,
) -> Entry:
    started = MIDNIGHT + timedelta(hours=hour)
    until = started + timedelta(hours=hours)
    event = Event(
        f"{hour}-{label}",
        camera,
        label,
        label,
        "end" if ended else "update",
        started,
        until if ended else None,
        0.0,
        hours * 3600,
        score,
        (0.1, 0.1, 0.2, 0.4),
        0.0,
        1,
    )
    return Entry(event, kept, thumbnail)


def day(*entries: Entry, now: datetime = NEXT) -> Day:
    return Day(MIDNIGHT, NEXT, now, BERLIN, entries)


def columns_of(picture: Image, label: str) -> list[tuple[int, int]]:
    """From where to where a label's colour goes on in the plot: first and last column of each stretch."""
    plot = picture[:, 232:1505]  # between the names and the counts
    columns = np.flatnonzero((plot == colour_of(label)).all(axis=2).sum(axis=0) > 8)
    stretches = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    return [(int(each[0]), int(each[-1])) for each in stretches if len(each)]


def test_a_bar_is_where_and_as_long_as_its_event() -> None:
    ((begin, end),) = columns_of(draw(day(entry(12, 6))), "person")
    width = WIDTH - 32 - 64 - 232
    assert begin == pytest.approx(width / 2, abs=1)
    assert end == pytest.approx(width * 0.75, abs=1)


def test_events_of_a_second_can_be_seen_and_those_beyond_the_day_are_cut() -> None:
    stretches = columns_of(draw(day(entry(3, 0.0001), entry(-2, 3), entry(23.9999, 5))), "person")
    assert len(stretches) == 3
    assert stretches[0][0] == 0
    assert all(end - begin >= 3 for begin, end in stretches)
    assert stretches[-1][1] <= WIDTH - 32 - 64 - 232


def test_each_camera_and_label_has_a_row() -> None:
    one = draw(day(entry(1), entry(2)))
    two = draw(day(entry(1), entry(2, label="cat")))
    three = draw(day(entry(1), entry(2, label="cat", camera="back")))
    assert one.shape[0] < two.shape[0] < three.shape[0]


def test_thumbnails_of_the_best_are_shown_whole_and_in_order() -> None:
    shades = [40, 80, 120, 160, 200, 220, 240]
    entries = [
        entry(hour, score=0.5 + 0.05 * hour, thumbnail=np.full((90, 160, 3), shade, np.uint8))
        for hour, shade in enumerate(shades)
    ]
    best = best_of(entries[::-1], 6)
    assert [int(each.thumbnail[0, 0, 0]) for each in best if each.thumbnail is not None] == shades[1:]
    picture = draw(day(*entries))
    for shade in shades[1:]:
        assert (picture == shade).all(axis=2).sum() > 0.9 * 240 * 135
    assert picture.shape[0] > draw(day(*(entry(hour) for hour in range(7)))).shape[0]


def test_a_kept_event_and_one_that_goes_on_look_otherwise() -> None:
    plain = draw(day(entry(5, 1)))
    for other in (entry(5, 1, kept=True), entry(5, 1, ended=False)):
        assert not np.array_equal(plain, draw(day(other)))


def test_what_lies_ahead_is_darker() -> None:
    picture = draw(day(entry(1), now=MIDNIGHT + timedelta(hours=12)))
    assert picture[140, 240].sum() > picture[140, 1490].sum()


@pytest.mark.parametrize(("date", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_days_on_which_the_clocks_change(date: str, hours: int) -> None:
    span = parse_span(date, NEXT, BERLIN)
    assert span.end - span.begin == timedelta(hours=hours)
    changed = Day(span.begin, span.end, NEXT, BERLIN, ())
    assert changed.part(span.begin + timedelta(hours=hours / 2)) == 0.5
    assert changed.clock(span.end) == "00:00"
    assert draw(changed).shape[1] == WIDTH


def test_names_too_long_and_letters_of_any_kind_stay_in_their_column() -> None:
    picture = draw(day(entry(1, label="a very long label that nobody can read", camera="前門 " * 20)))
    short = draw(day(entry(1, label="a", camera="b")))
    assert np.array_equal(picture[:90], short[:90])
    assert not (picture[120:150, 236:270] == 255).all(axis=2).any()


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)).map(lambda s: (s[0], s[0] + s[1]))).map(sorted))
def test_lanes_never_overlap_and_are_as_few_as_can_be(spans: list[tuple[int, int]]) -> None:
    chosen = lanes(spans)
    for i, (begin, end) in enumerate(spans):
        assert 0 <= chosen[i][0] < chosen[i][1]
        for j, (other_begin, other_end) in enumerate(spans[:i]):
            if begin <= other_end and other_begin <= end:
                assert chosen[i][0] != chosen[j][0]
                assert chosen[i][1] == chosen[j][1]
    deepest = max((sum(b <= x <= e for b, e in spans) for x, _ in spans), default=0)
    assert max((count for _, count in chosen), default=0) == deepest


@given(
    st.lists(
        st.builds(
            entry,
            st.floats(-30, 30),
            st.floats(0, 50),
            st.sampled_from(["person", "cat", "猫"]),
            st.sampled_from(["front", "back"]),
            st.floats(0, 1),
            st.booleans(),
            st.sampled_from([None, np.zeros((1, 1, 3), np.uint8), np.zeros((300, 2, 3), np.uint8)]),
            st.booleans(),
        ),
        max_size=12,
    )
)
@settings(max_examples=25, deadline=None)
def test_any_day_can_be_drawn(entries: list[Entry]) -> None:
    picture = draw(day(*entries, now=MIDNIGHT + timedelta(hours=7)))
    assert picture.shape[1:] == (WIDTH, 3)


def test_lengths_in_words() -> None:
    assert [lasting(each) for each in (0.4, 89, 91, 3599, 11100)] == ["0 s", "89 s", "2 min", "1 h 0 min", "3 h 5 min"]


def run(*args: str) -> Result:
    done = CliRunner().invoke(timeline, list(args))
    if isinstance(done.exception, EdgedetError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done


def test_a_day_from_the_store(tmp_path: Path) -> None:
    happened = [entry(hour, label=label).event for hour, label in ((5, "person"), (7, "cat"), (30, "dog"))]
    with Store(tmp_path) as store:
        for event in happened:
            store.put(event)
        picture = store.places.file(happened[0].id, "thumbnail")
        cv2.imwrite(str(picture), np.full((90, 160, 3), 123, np.uint8))
        store.kept(Kept(happened[0].id, "thumbnail", picture, picture.stat().st_size, 0.0))
    keep(tmp_path, [happened[0].id])
    target = tmp_path / "day.png"
    assert run("2026-11-20", "--storage", str(tmp_path), "--to", str(target)).stdout == f"{target}: 2 events\n"
    drawn = cv2.imread(str(target))
    assert drawn is not None
    assert columns_of(np.asarray(drawn, np.uint8), "cat")
    assert not columns_of(np.asarray(drawn, np.uint8), "dog")
    assert (np.abs(drawn.astype(int) - 123) < 3).all(axis=2).sum() > 0.9 * 240 * 135
    chosen = run("2026-11-20", "--storage", str(tmp_path), "--to", str(target), "--camera", "back")
    assert chosen.stdout == f"{target}: 0 events\n"


def test_what_cant_be_drawn_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a time"):
        run("someday", "--storage", str(tmp_path))
    with pytest.raises(ConfigError, match="last week: not a day"):
        run("last week", "--storage", str(tmp_path))
    with pytest.raises(ConfigError, match=r"storage\.path: unset"):
        run("today", "--config", "/dev/null")
    with pytest.raises(OutputError, match=r"end in \.png or \.jpg"):
        run("today", "--storage", str(tmp_path), "--to", str(tmp_path / "day.txt"))
    with pytest.raises(EdgedetError):
        run("today", "--storage", str(tmp_path / "nothing"))
