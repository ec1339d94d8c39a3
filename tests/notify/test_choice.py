from __future__ import annotations

from datetime import UTC, datetime, timedelta

from edgedet.config.notify import NotifyConfig
from edgedet.notify.choice import Choice
from tests.events.store.made import BEGAN, event


def choice(**values: object) -> Choice:
    return Choice(NotifyConfig(**values))  # type: ignore[arg-type]


def test_a_start_is_told_once_and_its_end_by_choice() -> None:
    starts, both, ends = choice(), choice(on=["start", "end"]), choice(on=["end"])
    told = [event(0), event(0, "update"), event(0, "end"), event(0, "end")]
    assert [starts.news(each, BEGAN) for each in told] == ["start", None, None, None]
    assert [both.news(each, BEGAN) for each in told] == ["start", None, "end", None]
    assert [ends.news(each, BEGAN) for each in told] == [None, None, "end", None]


def test_only_what_is_wanted() -> None:
    for name, wanted, other in (
        ("labels", "person", "cat"),
        ("rules", "person", "loiter"),
        ("cameras", "front", "back"),
        ("zones", "porch", "street"),
    ):
        assert choice(**{name: [wanted]}).news(event(0), BEGAN) == "start"
        assert choice(**{name: [other]}).news(event(0), BEGAN) is None
        assert choice(**{name: [other, wanted]}).news(event(0), BEGAN) == "start"
        assert choice(**{name: [other]}, on=["end"]).news(event(0, "end"), BEGAN) is None


def test_a_zone_it_comes_to_later_starts_it_then() -> None:
    chosen = choice(zones=["street"], on=["start", "end"])
    assert chosen.news(event(0), BEGAN) is None
    assert chosen.news(event(0, "update", zones=("porch", "street")), BEGAN) == "start"
    assert chosen.news(event(0, "update", zones=("porch", "street")), BEGAN) is None
    assert chosen.news(event(0, "end", zones=("porch", "street")), BEGAN) == "end"


def test_quiet_hours_silence_the_whole_event() -> None:
    chosen = choice(quiet="22:00-06:00", time_zone="UTC", on=["start", "end"], every=0)
    night, morning = datetime(2026, 1, 1, 23, tzinfo=UTC), datetime(2026, 1, 2, 7, tzinfo=UTC)
    assert chosen.news(event(0), night) is None
    assert chosen.news(event(0, "update"), morning) is None, "nobody is told at six of what came at three"
    assert chosen.news(event(0, "end"), morning) is None
    assert chosen.held_back == 1
    assert chosen.news(event(1), morning) == "start"
    assert chosen.news(event(1, "end"), night + timedelta(days=1)) is None
    assert choice().news(event(0), night) == "start", "no quiet hours: never quiet"


def test_not_more_often_than_wanted_for_each_rule_and_camera() -> None:
    chosen = choice(every=30, on=["start", "end"])
    assert chosen.news(event(0), BEGAN) == "start"
    assert chosen.news(event(10), BEGAN) is None
    assert chosen.news(event(10, "end"), BEGAN) is None, "an end goes with its start"
    assert chosen.news(event(10, camera="back"), BEGAN) == "start"
    assert chosen.news(event(10, rule="loiter"), BEGAN) == "start"
    assert chosen.news(event(31), BEGAN) == "start"
    assert chosen.news(event(0, "end"), BEGAN) == "end"
    assert chosen.held_back == 1
    assert chosen.news(event(2), BEGAN) == "start", "the source began anew"


def test_it_doesnt_grow() -> None:
    chosen = choice(every=0)
    for number in range(3000):
        chosen.news(event(number), BEGAN)
        chosen.news(event(number, "update"), BEGAN)
    assert len(chosen._told) <= 1001
