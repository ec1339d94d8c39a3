"""Zones and lines as they are written, and who stands in them."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from edgedet.config import LineConfig, MotionConfig, RuleConfig, ZoneConfig
from edgedet.config.rules import check
from edgedet.events.zones import Zones

LEFT = [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]
LOW = [[0.0, 0.5], [1.0, 0.5], [1.0, 1.0], [0.0, 1.0]]


def test_where_things_stand() -> None:
    zones = Zones(
        {
            "left": ZoneConfig(polygon=LEFT),
            "low": ZoneConfig(polygon=LOW, labels=["cat"]),
            "street": ZoneConfig(polygon=LOW, exclude=True, labels=["person"]),
        }
    )
    points = np.array([[0.2, 0.2], [0.2, 0.9], [0.2, 0.9], [0.8, 0.1]])
    found = zones.at(points, ["person", "person", "cat", "cat"])
    assert [(each.zones, each.excluded) for each in found] == [
        (("left",), ()),
        (("left",), ("street",)),
        (("left", "low"), ()),
        ((), ()),
    ]
    assert zones.at(np.zeros((0, 2)), []) == []


@pytest.mark.parametrize(
    ("polygon", "said"),
    [
        ([], "no points"),
        ([[0, 0], [1, 1]], "2 points"),
        ([[0, 0], [1, 1], [1, 0], [0, 1]], "crosses itself"),
        ([[0, 0], [1.2, 0], [1, 1]], "point 2 [1.2, 0] lies outside"),
        ([[0, 0], [float("nan"), 0], [1, 1]], "outside"),
        ([[0, 0], [1, 0, 0], [1, 1]], "3 numbers"),
        ([[0, 0], [0.02, 0], [0.02, 0.04]], "covers 0.040%"),
    ],
)
def test_polygons_that_make_no_sense_are_refused_in_a_line(polygon: list[list[float]], said: str) -> None:
    makers = (lambda: ZoneConfig(polygon=polygon), lambda: MotionConfig(masks=[polygon]))
    for make, name in zip(makers, ("polygon: ", "masks: "), strict=True):
        with pytest.raises(ValidationError) as refusal:
            make()
        (error,) = refusal.value.errors()
        text = error["msg"].removeprefix("Value error, ")
        assert text.startswith(name)
        assert said in text
        assert "\n" not in text


@pytest.mark.parametrize("points", [[], [[0.5, 0.5]], [[0.5, 0.5], [0.5, 0.5]], [[0, 0], [0, 2]]])
def test_lines_that_make_no_sense_are_refused(points: list[list[float]]) -> None:
    with pytest.raises(ValidationError, match="points: "):
        LineConfig(points=points)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"min_area": 0.5, "max_area": 0.1}, "min_area: 0.5 is above max_area 0.1"),
        ({"min_ratio": 2, "max_ratio": 1}, "min_ratio: 2 is above max_ratio 1"),
        ({"min_score": 0.9}, "min_score: 0.9 is above threshold 0.6"),
        ({"hits": 6}, "hits: 6 can't be found in 5 looks"),
        ({"schedule": "mno"}, "did you mean mon?"),
        ({"time_zone": "Mars/Base"}, "no time zone"),
    ],
)
def test_rules_that_nothing_could_meet_are_refused(values: dict, said: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        RuleConfig(**values)
    assert said in str(refusal.value)


def test_what_a_rule_names_must_be_there() -> None:
    zones = {"porch": ZoneConfig(polygon=LEFT), "street": ZoneConfig(polygon=LOW, exclude=True, labels=["prson"])}
    rules = {"persn": RuleConfig(zones=["poch", "street"], lines=["door"]), "guest": RuleConfig(label="Cat")}
    assert check(zones, {}, rules, ("person", "cat")) == [
        'zones.street.labels: "prson" is no label; did you mean person?',
        'rules.persn.zones: "poch" is no zone; did you mean porch?',
        'rules.persn.zones: objects in zone "street" are ignored (exclude = true); take it out',
        'rules.persn.lines: "door" is no line; there is none yet, add [lines.door]',
        'rules.persn: "persn" is no label of the model; did you mean person?',
        'rules.guest.label: "Cat" is no label of the model; did you mean cat?',
    ]
    assert check(zones, {}, {"persn": RuleConfig(zones=["porch"])}) == [], "the model isn't known yet"
