"""What rules say of objects, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from edgedet.config import RuleConfig, ZoneConfig
from edgedet.events.rules import Progress, Rule, in_picture, in_zones, over_time, rules_of
from edgedet.events.sighting import Sighting, sightings
from edgedet.events.verdicts import Verdict
from edgedet.events.zones import Standing, Zones
from tests.events.scene import LABELS, at, found, frame

SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)

NOWHERE = Standing()


def rule(**values: object) -> Rule:
    return rules_of({"person": RuleConfig(**values)}, LABELS)[0]


def seen(score: float = 0.9, standing: Standing = NOWHERE, **values: object) -> Sighting:
    given = {"label": "person", "box": (0.25, 0.4, 0.35, 0.8), "ratio": 0.5, "foot": (0.3, 0.8)} | values
    return Sighting(score=score, standing=standing, **given)


def failed(verdicts: list[Verdict]) -> dict[str, str]:
    return {each.condition: str(each) for each in verdicts if not each.passed}


@pytest.mark.parametrize(
    ("values", "sighting", "wanted"),
    [
        ({}, seen(0.43), {}),
        ({"min_score": 0.5}, seen(0.43), {"min_score": "min_score: score 0.43; wanted: 0.5 or more"}),
        ({"min_area": 0.05}, seen(), {"min_area": "min_area: area 4.00%; wanted: 5.00% or more"}),
        ({"max_area": 0.03}, seen(), {"max_area": "max_area: area 4.00%; wanted: 3.00% or less"}),
        ({"min_area": 0.039, "max_area": 0.041}, seen(), {}),
        ({"min_ratio": 0.6}, seen(), {"min_ratio": "min_ratio: width / height 0.50; wanted: 0.6 or more"}),
        ({"max_ratio": 0.4}, seen(), {"max_ratio": "max_ratio: width / height 0.50; wanted: 0.4 or less"}),
        (
            {},
            seen(standing=Standing((), ("street",))),
            {"exclude": "exclude: foot (0.30, 0.80) in street; wanted: outside it: objects there are ignored"},
        ),
        (
            {},
            seen(part_of=0.95),
            {"whole": "whole: 95% of its box inside a better one of a person; wanted: less than 85%"},
        ),
        (
            {"zones": ["porch", "gate"]},
            seen(),
            {"zones": "zones: foot (0.30, 0.80) in none of them; wanted: any of porch, gate"},
        ),
        ({"zones": ["porch"]}, seen(standing=Standing(("porch", "x"))), {}),
    ],
)
def test_one_look(values: dict, sighting: Sighting, wanted: dict[str, str]) -> None:
    asked = rule(**values)
    assert failed(in_picture(asked, sighting) + in_zones(asked, sighting)) == wanted


@pytest.mark.parametrize(
    ("values", "progress", "wanted"),
    [
        ({}, {}, {}),
        ({}, {"best_score": 0.5}, {"threshold": "threshold: best score 0.50; wanted: 0.6 or more, once"}),
        ({}, {"looks": [True, False, True]}, {"hits": "hits: in 2 of the last 5 looks; wanted: 3 or more"}),
        ({"dwell": 20}, {"inside": 12.0}, {"dwell": "dwell: 12.0 s in the picture; wanted: 20 s or more"}),
        (
            {"lines": ["door"]},
            {"crossed": ["gate:left"]},
            {"lines": "lines: crossed none of them; wanted: door"},
        ),
        ({"lines": ["door"]}, {"crossed": ["gate:left", "door:right"]}, {}),
        ({}, {"still": 0.0}, {"moves": "moves: stationary for 0 s; wanted: not stationary before the event starts"}),
        ({"dwell": 20}, {"inside": 20.0, "still": 10.0}, {}),
        (
            {"schedule": "mon-fri", "time_zone": "UTC"},
            {},
            {"schedule": "schedule: Saturday 12:00; wanted: mon-fri"},
        ),
        (
            {"cool_down": 30},
            {"quiet": 12.0},
            {"cool_down": "cool_down: 12 s of it left; wanted: 30 s after the last event"},
        ),
        ({"cool_down": 30}, {"quiet": -1.0}, {}),
    ],
)
def test_over_time(values: dict, progress: dict, wanted: dict[str, str]) -> None:
    so_far = Progress(**({"best_score": 0.9, "looks": [True] * 3, "inside": 1.0} | progress))
    assert failed(over_time(rule(**values), so_far, SATURDAY)) == wanted


def test_without_rules_each_label_has_one_and_a_disabled_one_is_none() -> None:
    assert [(each.name, each.label, each.config) for each in rules_of({}, LABELS)] == [
        ("person", "person", RuleConfig()),
        ("cat", "cat", RuleConfig()),
    ]
    assert rules_of({"person": RuleConfig(enabled=False)}, LABELS) == ()
    assert [each.label for each in rules_of({"guest": RuleConfig(label="cat")}, LABELS)] == ["cat"]


def test_what_is_seen_of_objects_in_a_frame() -> None:
    zones = Zones({"low": ZoneConfig(polygon=[[0, 0.5], [1, 0.5], [1, 1], [0, 1]])})
    whole, trunk, high = sightings(
        frame(0), found((1, 0.9, at(0.3, 0.8)), (2, 0.6, at(0.3, 0.7, 0.05, 0.2)), (3, 0.5, at(0.8, 0.4))), zones
    )
    assert (whole.label, whole.standing.zones, whole.part_of) == ("person", ("low",), 0.0)
    assert whole.area == pytest.approx(0.04)
    assert whole.ratio == pytest.approx(0.5), "in pixels: the frame is twice as wide as high"
    assert whole.foot == pytest.approx((0.3, 0.8))
    assert trunk.part_of == pytest.approx(1)
    assert (high.standing.zones, high.part_of) == ((), 0.0)
