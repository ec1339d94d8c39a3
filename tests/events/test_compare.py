from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from edgedet.event import Event
from edgedet.events.compare import Comparison, compare
from edgedet.events.compare_table import to_text

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def happened(begin: float, end: float, label: str = "person", **other: object) -> Event:
    started, ended = NOON + timedelta(seconds=begin), NOON + timedelta(seconds=end)
    event = Event(
        f"{begin}-{end}", "front", label, label, "end", started, ended, begin, end, 0.8, (0.1, 0.1, 0.2, 0.4), begin, 1
    )
    return dataclasses.replace(event, **other)  # type: ignore[arg-type]


@st.composite
def events(draw: st.DrawFn) -> Event:
    begin = draw(st.integers(0, 20)) / 2
    return happened(
        begin,
        begin + draw(st.integers(0, 12)) / 2,
        draw(st.sampled_from(["person", "cat"])),
        camera=draw(st.sampled_from(["front", "back"])),
        best_score=draw(st.floats(0.5, 0.52)),
        zones=draw(st.sampled_from([(), ("porch",), ("porch", "street")])),
        rule=draw(st.sampled_from(["person", "night"])),
    )


runs = st.lists(events(), max_size=12)


@given(runs, st.randoms())
def test_a_run_doesnt_differ_from_itself_in_any_order(run: list[Event], random: object) -> None:
    shuffled = list(run)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = compare(run, shuffled)
    assert not found
    assert found == Comparison((), (), (), len(run))


@given(runs, runs)
def test_it_is_symmetric(before: list[Event], after: list[Event]) -> None:
    one, other = compare(before, after), compare(after, before)
    assert (one.appeared, one.disappeared, one.same) == (other.disappeared, other.appeared, other.same)
    swapped = {(c.after, c.before, tuple((d.name, d.after, d.before) for d in c.differences)) for c in other.changed}
    assert {
        (c.before, c.after, tuple((d.name, d.before, d.after) for d in c.differences)) for c in one.changed
    } == swapped


@given(runs, runs)
def test_every_event_is_told_once(before: list[Event], after: list[Event]) -> None:
    found = compare(before, after)
    assert len(found.disappeared) + len(found.changed) + found.same == len(before)
    assert len(found.appeared) + len(found.changed) + found.same == len(after)
    for each in found.changed:
        assert (each.before.camera, each.before.label) == (each.after.camera, each.after.label)
        assert each.before.begin <= each.after.end
        assert each.after.begin <= each.before.end
        assert each.differences
    json.dumps(found.to_dict())
    assert len(to_text(found).splitlines()) == 1 + bool(found) + len(found.changed) + len(found.appeared) + len(
        found.disappeared
    )


def test_what_changed_is_named() -> None:
    before = happened(10, 14, zones=("porch",))
    after = happened(10, 16.5, zones=("porch", "street"), best_score=0.91, rule="night", lines=("door:left",))
    (changed,) = compare([before], [after]).changed
    assert {d.name: (d.before, d.after) for d in changed.differences} == {
        "duration": (4, 6.5),
        "best_score": (0.8, 0.91),
        "zones": (("porch",), ("porch", "street")),
        "lines": ((), ("door:left",)),
        "rule": ("person", "night"),
    }


def test_a_tremble_of_a_frame_is_no_change() -> None:
    assert not compare([happened(10, 14)], [happened(10.02, 14.04, id="another", track_id=7, best_score=0.801)])


def test_events_one_after_the_other_arent_the_same() -> None:
    found = compare([happened(0, 10)], [happened(10, 20)])
    assert (len(found.appeared), len(found.disappeared)) == (1, 1)


def test_one_that_was_split_keeps_its_longer_half() -> None:
    found = compare([happened(0, 10)], [happened(0, 3), happened(4, 10)])
    assert [(c.after.begin, c.after.end) for c in found.changed] == [(4, 10)]
    assert [(e.begin, e.end) for e in found.appeared] == [(0, 3)]


def test_the_table() -> None:
    before = [happened(0, 3), happened(65, 80, "cat")]
    after = [happened(0, 3), happened(3700, 3701.5), happened(65, 80, "cat", zones=("porch",))]
    assert to_text(compare(before, after)) == (
        "          CAMERA  LABEL   RULE    FROM       TO         SCORE\n"
        "changed   front   cat     cat     1:05.0     1:20.0     0.80   zones none -> porch\n"
        "appeared  front   person  person  1:01:40.0  1:01:41.5  0.80\n"
        "1 appeared, 0 disappeared, 1 changed, 1 the same"
    )
    assert to_text(compare([], [])) == "0 appeared, 0 disappeared, 0 changed, 0 the same"
