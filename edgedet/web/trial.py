"""What other zones, lines and rules would have made of the past: recorded tracks before the rules once more.

A program of its own, which reads a :class:`Task` from standard input and writes an :class:`Outcome` to
standard output: so much Python beside the detector would slow it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, Field

from edgedet.errors import ConfigError
from edgedet.event import Event
from edgedet.events.compare import Comparison, compare
from edgedet.web.courses import Course, Told, courses_of
from edgedet.web.eventmodels import EventModel
from edgedet.web.replayed import Drawing, Scene, replay

BESIDE = 3
"""Seconds by which a replayed event may begin after the stored one, or end before it, and be the same."""


class Task(BaseModel):
    """What is to be tried: see :class:`Scene`, :class:`Drawing` and :class:`Told`."""

    scene: Scene
    before: Drawing
    after: Drawing
    events: list[Told]


class TriedEvent(EventModel):
    """An event made anew of recorded tracks; its id is its own."""

    ids: list[str] = Field(description="the stored events it is: one, or several where the rules part them otherwise")


class DifferenceModel(BaseModel):
    """A value that isn't the same."""

    before: Any
    after: Any


class ChangedModel(BaseModel):
    """An event with both, but not the same."""

    before: TriedEvent
    after: TriedEvent
    differences: dict[str, DifferenceModel] = Field(description="duration, best_score, zones, lines or rule")


class ComparisonModel(BaseModel):
    """What became of the events."""

    appeared: list[TriedEvent] = []
    disappeared: list[TriedEvent] = []
    changed: list[ChangedModel] = []
    same: int = 0


class Outcome(BaseModel):
    """The events of the settings in force and of those that were tried, the oldest first, and what changed between."""

    before: list[TriedEvent] = []
    after: list[TriedEvent] = []
    comparison: ComparisonModel = ComparisonModel()
    problem: str = Field(default="", description="why nothing could be tried")


def try_out(task: Task) -> Outcome:
    """Play the tracks to the old rules and to the new ones, and compare."""
    courses = courses_of(task.events)
    try:
        before, after = replay(task.scene, courses, (task.before, task.after))
    except ConfigError as error:
        return Outcome(problem=str(error.args[0]))
    outcome = Outcome(before=_tried(courses, before), after=_tried(courses, after))
    for found in _comparisons(len(courses), before, after):
        into = outcome.comparison
        into.appeared += _tried(courses, found.appeared)
        into.disappeared += _tried(courses, found.disappeared)
        into.same += found.same
        for each in found.changed:
            (old,), (new,) = _tried(courses, [each.before]), _tried(courses, [each.after])
            differences = {d.name: DifferenceModel(before=d.before, after=d.after) for d in each.differences}
            into.changed.append(ChangedModel(before=old, after=new, differences=differences))
    return outcome


def _comparisons(count: int, before: Sequence[Event], after: Sequence[Event]) -> Iterator[Comparison]:
    """Object by object: who is who is known here. The same rule's events first, for an object may meet several."""
    for number in range(count):
        olds = [event for event in before if event.track_id == number]
        news = [event for event in after if event.track_id == number]
        both = {event.rule for event in olds} & {event.rule for event in news}
        for rule in sorted(both):
            yield compare([e for e in olds if e.rule == rule], [e for e in news if e.rule == rule])
        yield compare([e for e in olds if e.rule not in both], [e for e in news if e.rule not in both])


def _tried(courses: Sequence[Course], events: Sequence[Event]) -> list[TriedEvent]:
    made = [
        TriedEvent.model_validate(event.to_dict() | {"ids": _ids(courses[event.track_id], event)}) for event in events
    ]
    return sorted(made, key=lambda each: (each.started, each.id))


def _ids(course: Course, event: Event) -> list[str]:
    """The stored events of the same time, those of the same rule if there are any."""
    begin, end = event.started.timestamp(), (event.ended or event.started).timestamp()
    at_the_time = [
        told
        for told in course.told
        if told.started.timestamp() - BESIDE <= end
        and begin <= told.started.timestamp() + told.end - told.begin + BESIDE
    ]
    return [told.id for told in at_the_time if told.rule == event.rule] or [told.id for told in at_the_time]


def main() -> None:
    """Do one task."""
    task = Task.model_validate_json(sys.stdin.buffer.read())
    sys.stdout.write(try_out(task).model_dump_json())
