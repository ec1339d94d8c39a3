"""When events start, change and end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgedet.config import LineConfig, RuleConfig, ZoneConfig
from edgedet.errors import ConfigError
from edgedet.events.case import ASLEEP
from edgedet.events.lifecycle import EventMaker
from tests.events.scene import LABELS, NOON, Scene, at, found, frame

PORCH = {"porch": ZoneConfig(polygon=[[0, 0.5], [0.5, 0.5], [0.5, 1], [0, 1]])}
DOOR = {"door": LineConfig(points=[[0.5, 0], [0.5, 1]])}
HERE = (1, 0.9, at(0.3, 0.8))


def test_an_event_counts_from_the_first_look_and_ends_with_the_last() -> None:
    scene = Scene()
    scene.play(seconds=1)
    scene.play(HERE, seconds=2)
    scene.play(seconds=5)
    start, *_, end = (change.event for change in scene.changes)
    assert scene.phases() == ["start", "end"]
    assert (start.begin, start.started) == (1.0, NOON + timedelta(seconds=1))
    assert (end.begin, end.end, end.ended) == (1.0, 2.9, NOON + timedelta(seconds=2.9))
    assert end.id == start.id
    assert end.id.startswith("20261121-120001.000-front-")
    assert scene.changes[0].picture is not None
    assert scene.changes[0].picture.elapsed == 1.2, "decided with the third look"


def test_a_flicker_is_no_event_and_neither_is_a_weak_object() -> None:
    scene = Scene()
    for _ in range(5):
        scene.play(HERE, seconds=0.2)
        scene.play(seconds=0.4)
    scene.play((2, 0.55, at(0.8, 0.8)), seconds=3)
    assert scene.changes == [], "2 looks of 5; a best score below the threshold"


def test_a_score_below_min_score_doesnt_keep_an_event_going() -> None:
    scene = Scene(RuleConfig(leave=1))
    scene.play(HERE, seconds=1)
    scene.play((1, 0.39, at(0.3, 0.8)), seconds=3)
    assert scene.phases() == ["start", "end"]
    assert scene.changes[-1].event.end == 0.9


def test_updates_come_at_most_once_a_second_and_only_with_news() -> None:
    scene = Scene()
    scene.play(HERE, seconds=5)
    assert len(scene.changes) == 1, "nothing new"
    scene.walk(1, [(0.3 + 0.005 * i, 0.8) for i in range(50)], score=0.95)
    updates = [change for change in scene.changes if change.event.phase == "update"]
    assert [update.event.best_score for update in updates] == [pytest.approx(0.95)]
    for i in range(60):
        scene.play((1, 0.95 + i / 2000, at(0.5, 0.8, 0.1 + i / 500, 0.4 + i / 200)))
    told = [change.event.best_at for change in scene.changes if change.event.phase == "update"]
    assert 5 <= len(told) <= 9
    assert told == sorted(told)


def test_the_best_picture_is_handed_on_once_with_what_is_in_it() -> None:
    scene = Scene()
    scene.play((1, 0.9, at(0.3, 0.95)), seconds=1)
    for i in range(30):
        scene.play((1, 0.9, at(0.3, 0.95, 0.1 + i / 200, 0.4 + i / 100)), (2, 0.5, at(0.9, 0.5)))
    scene.play((1, 0.9, at(0.3, 0.95, 0.05, 0.2)), seconds=3)
    pictures = [change for change in scene.changes if change.picture is not None]
    assert len(pictures) >= 3
    for change in pictures:
        assert change.picture is not None
        assert change.detections is not None
        assert change.picture.elapsed == change.event.best_at
        x1, y1, x2, y2 = change.event.best_box
        assert change.detections.boxes[0].tolist() == pytest.approx([x1 * 200, y1 * 100, x2 * 200, y2 * 100], abs=0.02)
    assert pictures[-1].event.best_box[3] - pictures[-1].event.best_box[1] > 0.6, "the largest, or nearly so"


def test_an_object_lost_for_a_moment_and_numbered_anew_is_the_same() -> None:
    scene = Scene()
    scene.play(HERE, seconds=2)
    scene.play(seconds=1.5)
    scene.play((7, 0.9, at(0.35, 0.8)), seconds=2)
    assert scene.phases() == ["start"]
    scene.play(seconds=5)
    assert scene.phases() == ["start", "end"]
    assert (scene.changes[-1].event.end, scene.changes[-1].event.track_id) == (5.4, 7)


def test_who_comes_elsewhere_or_later_is_somebody_else() -> None:
    scene = Scene()
    scene.play(HERE, seconds=2)
    scene.play((7, 0.9, at(0.8, 0.8)), seconds=2)
    scene.play(seconds=6)
    scene.play((8, 0.9, at(0.3, 0.8)), seconds=2)
    assert scene.phases() == ["start", "start", "end", "end", "start"]


def test_zones_are_those_it_was_in_and_the_rule_waits_for_its_own() -> None:
    zones = PORCH | {"right": ZoneConfig(polygon=[[0.5, 0], [1, 0], [1, 1], [0.5, 1]])}
    scene = Scene(RuleConfig(zones=["porch"]), zones)
    scene.walk(1, [(0.9, 0.8)] * 10)
    assert scene.changes == []
    scene.walk(1, [(0.9 - 0.02 * i, 0.8) for i in range(30)])
    (start,) = (change.event for change in scene.changes if change.event.phase == "start")
    assert start.zones == ("right", "porch")
    assert start.begin == 0.0


def test_dwell_counts_the_time_in_the_zone_and_forgives_a_moment_outside() -> None:
    scene = Scene(RuleConfig(zones=["porch"], dwell=3), PORCH)
    inside, outside = (0.3, 0.8), (0.7, 0.8)
    scene.walk(1, [inside] * 20 + [outside] * 30 + [inside] * 20)
    assert scene.changes == [], "two seconds twice"
    scene.walk(1, [outside] * 5 + [inside] * 10)
    assert scene.phases() == ["start"]


def test_who_stands_still_for_the_dwell_time_counts() -> None:
    scene = Scene(RuleConfig(dwell=20))
    scene.play(HERE, seconds=10)
    scene.play(HERE, seconds=9, still={1})
    assert scene.changes == []
    scene.play(HERE, seconds=2, still={1})
    assert scene.phases() == ["start"]


def test_a_line_must_be_crossed() -> None:
    scene = Scene(RuleConfig(lines=["door"]), lines=DOOR)
    scene.walk(1, [(0.2, 0.8)] * 10)
    assert scene.changes == []
    scene.walk(1, [(0.2 + 0.03 * i, 0.8) for i in range(20)])
    assert scene.phases() == ["start"]
    assert scene.changes[0].event.lines == ("door:left",), (
        "who walks down the line has the right of the picture on the left"
    )


def test_excluded_ground_is_as_if_nobody_were_there() -> None:
    street = {"street": ZoneConfig(polygon=PORCH["porch"].polygon, exclude=True)}
    scene = Scene(zones=street)
    scene.play(HERE, seconds=5)
    assert scene.changes == []
    scene.play((1, 0.9, at(0.7, 0.8)), seconds=2)
    scene.play(HERE, seconds=5)
    assert scene.phases() == ["start", "end"]


def test_what_falls_asleep_ends_its_event_and_starts_another_once_it_moves() -> None:
    scene = Scene()
    scene.play(HERE, seconds=10)
    scene.play(HERE, seconds=ASLEEP - 1, still={1})
    assert scene.phases() == ["start"]
    assert scene.changes[-1].event.stationary
    scene.play(HERE, seconds=600, still={1})
    assert scene.phases() == ["start", "end"]
    woke = scene.now
    scene.play(HERE, seconds=2)
    assert scene.phases() == ["start", "end", "start"]
    assert scene.changes[-1].event.begin == pytest.approx(woke, abs=0.11)


def test_what_was_asleep_when_first_seen_starts_nothing() -> None:
    scene = Scene()
    scene.play(HERE, seconds=30, still={1})
    assert scene.changes == []


def test_cool_down() -> None:
    scene = Scene(RuleConfig(cool_down=20, leave=1))
    scene.play(HERE, seconds=2)
    scene.play(seconds=5)
    scene.play((2, 0.9, at(0.8, 0.8)), seconds=10)
    assert scene.phases() == ["start", "end"]
    scene.play((2, 0.9, at(0.8, 0.8)), seconds=10)
    assert scene.phases() == ["start", "end", "start"]
    assert scene.changes[-1].event.begin == pytest.approx(22, abs=0.2), "what came before, the rule didn't want to know"


def test_where_nobody_looks_nothing_changes() -> None:
    scene = Scene(RuleConfig(dwell=4))
    scene.play(HERE, seconds=1)
    scene.play(HERE, seconds=10, looked=False)
    assert scene.phases() == ["start"]
    scene.play(HERE, seconds=20, looked=False)
    scene.play(HERE, seconds=1)
    assert scene.phases() == ["start"], "it never left"
    scene.play(seconds=0.1)
    scene.play(seconds=20, looked=False)
    assert scene.phases() == ["start"], "a single look that missed it proves nothing"
    scene.play(seconds=0.1)
    assert scene.phases() == ["start", "end"]
    assert scene.changes[-1].event.end == pytest.approx(31.9)


def test_one_look_is_not_three_hits_however_long_nobody_looks() -> None:
    scene = Scene()
    scene.play(HERE, seconds=0.1)
    scene.play(HERE, seconds=10, looked=False)
    assert scene.changes == []


def test_the_end_remembers_the_track_and_why() -> None:
    scene = Scene()
    scene.play(HERE, seconds=600)
    (end,) = scene.maker.close()
    assert scene.maker.close() == []
    track, verdicts = end.record["track"], end.record["verdicts"]
    assert 1000 < len(track) <= 2000
    assert track[0] == [0.0, 0.25, 0.4, 0.35, 0.8, 0.9]
    assert [row[0] for row in track] == sorted(row[0] for row in track)
    assert track[-1][0] > 599
    assert {verdict["condition"] for verdict in verdicts} == {"min_score", "threshold", "hits", "moves"}
    assert all(verdict["passed"] for verdict in verdicts)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-9000, 9000), min_size=3, max_size=3))
def test_the_wall_clock_may_jump_as_it_likes(jumps: list[float]) -> None:
    """Durations are the source's clock's, and ids never go back."""
    scene = Scene(RuleConfig(leave=1))
    for jump in jumps:
        scene.off = timedelta(seconds=jump)
        scene.play(HERE, seconds=0.5)
        scene.off = timedelta(seconds=-jump)
        scene.play(HERE, seconds=1.5)
        scene.play(seconds=2)
    ends = [change.event for change in scene.changes if change.event.phase == "end"]
    assert len(ends) == 3
    for event in ends:
        assert event.ended is not None
        assert event.ended - event.started == timedelta(seconds=event.end - event.begin)
        assert event.end - event.begin == pytest.approx(1.9)
    ids = [event.id[:19] for event in ends]
    assert ids == sorted(ids)
    assert len({change.event.started for change in scene.changes}) <= 3, "an open event keeps its start"


def test_other_rules_leave_open_events_open() -> None:
    scene = Scene()
    scene.play(HERE, seconds=2)
    scene.maker.reload(PORCH, {}, {"cat": RuleConfig()})
    scene.play(HERE, (2, 0.9, at(0.8, 0.8)), seconds=2)
    assert scene.phases() == ["start"], "nobody asks for persons any more"
    scene.play(seconds=5)
    assert scene.phases() == ["start", "end"]
    scene.maker.reload(PORCH, {}, {"porch": RuleConfig(label="person", zones=["porch"])})
    scene.play((3, 0.9, at(0.3, 0.8)), seconds=2)
    assert scene.changes[-1].event.rule == "porch"


def test_rules_that_name_what_isnt_there_change_nothing() -> None:
    scene = Scene()
    with pytest.raises(ConfigError, match="no zone"):
        scene.maker.reload({}, {}, {"person": RuleConfig(zones=["porch"])})
    scene.play(HERE, seconds=2)
    assert scene.phases() == ["start"]
    with pytest.raises(ConfigError, match="did you mean person"):
        EventMaker("front", {}, {}, {"persn": RuleConfig()}, LABELS)


def test_each_rule_has_an_event_of_its_own() -> None:
    maker = EventMaker(
        "front", PORCH, {}, {"person": RuleConfig(), "porch": RuleConfig(label="person", zones=["porch"])}, LABELS
    )
    changes = [each for i in range(10) for each in maker.update(frame(i / 10), found(HERE), ())]
    assert sorted(each.event.rule for each in changes) == ["person", "porch"]
    assert len({each.event.id for each in changes}) == 2
    cat = found((9, 0.9, at(0.8, 0.9)), label=1)
    assert maker.update(frame(1.1), cat, ()) == [], "no rule is for cats"


def test_a_frame_of_another_size_changes_nothing() -> None:
    scene = Scene()
    scene.play(HERE, seconds=1)
    size = (400, 300)
    for i in range(10):
        scene.changes += scene.maker.update(frame(1 + i / 10, size=size), found(HERE, size=size), ())
    assert scene.phases() == ["start"]
