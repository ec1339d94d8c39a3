"""One thing that the detector takes for two is one event: that of what it is seen best as."""

from __future__ import annotations

import numpy as np
import pytest

from edgedet.config import RuleConfig
from edgedet.events.lifecycle import EventMaker
from edgedet.types import Detections
from tests.events.scene import LABELS, SIZE, at, frame

Scores = tuple[float, float]
"""Of the person and of the cat."""


def play(
    scores: list[Scores],
    cat: tuple[float, float, float, float] = at(0.31, 0.8),
    rules: dict[str, RuleConfig] | None = None,
) -> list[tuple[str, str]]:
    """What was told of a person and a cat, ten looks a second: label and phase, without updates."""
    maker = EventMaker("front", {}, {}, rules or {}, LABELS)
    boxes = np.array([at(0.3, 0.8), cat], np.float32) * np.array([*SIZE, *SIZE], np.float32)
    told = []
    for number, pair in enumerate(scores):
        order = np.argsort(pair)[::-1]
        order = order[np.array(pair)[order] > 0]
        found = Detections(
            boxes[order], np.array(pair, np.float32)[order], order.astype(np.int32), LABELS, order.astype(np.int64)
        )
        told += maker.update(frame(number / 10), found, set())
    told += maker.close()
    return [(change.event.label, change.event.phase) for change in told if change.event.phase != "update"]


ONLY_PERSON = [("person", "start"), ("person", "end")]
BOTH = [("person", "start"), ("cat", "start"), ("person", "end"), ("cat", "end")]


def test_a_cat_in_the_box_of_a_person_is_none() -> None:
    assert play([(0.62, 0)] * 3 + [(0.4, 0.65)] * 10 + [(0.9, 0)] * 10) == ONLY_PERSON


def test_of_two_that_come_together_the_better_one_counts() -> None:
    assert play([(0.7, 0.69)] * 10) == ONLY_PERSON
    assert play([(0.69, 0.7)] * 10) == [("cat", "start"), ("cat", "end")]


def test_what_was_taken_for_another_first_is_told_once_it_is_clear() -> None:
    assert play([(0.5, 0.62)] * 5 + [(0.95, 0.3)] * 10) == [
        ("cat", "start"),
        ("person", "start"),
        ("cat", "end"),
        ("person", "end"),
    ]


@pytest.mark.parametrize("cat", [at(0.34, 0.8), at(0.3, 0.8, 0.05, 0.2)])
def test_a_cat_that_a_person_carries_is_one(cat: tuple[float, float, float, float]) -> None:
    assert play([(0.9, 0.65)] * 10, cat) == BOTH


def test_the_reason_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    play([(0.9, 0.65)] * 10 + [(0.9, 0)] * 60)
    assert "rule cat: alone: in the box of a person of best score 0.90; wanted: no other object" in caplog.text
