from __future__ import annotations

from collections.abc import Sequence

import pytest

from edgedet.collect.judge import Judge
from edgedet.config import CameraConfig
from edgedet.config.collect import CollectConfig
from edgedet.config.model import DetectConfig
from tests.collect.made import Row, person, result

CAMERA = CameraConfig(detect=DetectConfig(confidence=0.5, class_confidence={"cat": 0.8}))


def reasons(*looks: Sequence[Row], seconds: float = 0.2, drifted: bool = False) -> list[tuple[str, str]]:
    """Of the last look but one."""
    judge = Judge(CAMERA, CollectConfig(), lambda: drifted)
    for index, rows in enumerate(looks):
        judge.see(result(index, rows, seconds))
    return [(doubt.reason, doubt.about) for doubt in judge.judge().doubts]


SURE = [person()]


@pytest.mark.parametrize(
    ("looks", "wanted"),
    [
        ((SURE, SURE, SURE), []),
        ((SURE, [person(score=0.55)], SURE), [("near", "person")]),
        ((SURE, [person(), person(2, 0.75, 220, "cat")], SURE), [("near", "cat")]),
        ((SURE, [], SURE), [("flicker", "person")]),
        ((SURE, [], []), []),
        (([], [], SURE), []),
        ((SURE, [person(x=180)], SURE), [("jump", "person")]),
        (([person(x=100)], [person(x=120)], [person(x=140)]), []),
        ((SURE, [person(), person(2, x=103, label="dog")], SURE), [("torn", "dog, person")]),
        ((SURE, [person(), person(2, x=103)], SURE), []),
    ],
)
def test_what_is_hard_is_named(looks: tuple[Sequence[Row], ...], wanted: list[tuple[str, str]]) -> None:
    assert reasons(*looks) == wanted


def test_who_was_away_for_long_did_not_flicker() -> None:
    assert reasons(SURE, [], SURE, seconds=3) == []


def test_a_label_that_is_hardly_ever_seen_is_rare() -> None:
    looks = [SURE] * 120 + [[person(), person(2, x=220, label="dog")], SURE]
    assert reasons(*looks) == [("rare", "dog")]
    assert reasons([person(2, x=220, label="dog")], SURE) == []  # at the beginning everything is


def test_a_picture_that_has_changed_is_a_reason() -> None:
    assert reasons(SURE, SURE, SURE, drifted=True) == [("drift", "")]


def test_what_nobody_looked_at_is_not_judged() -> None:
    judge = Judge(CAMERA, CollectConfig())
    look = result(0, SURE)
    assert judge.see(look) is None
    object.__setattr__(look, "looked", False)
    assert judge.see(look) is None
    assert judge.see(result(1, SURE)) is look
