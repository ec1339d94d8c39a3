"""Where objects were, from the tracks that events left behind."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from edgedet.events.trail import STEP as TRAIL_STEP
from edgedet.events.trail import Row

STEP = TRAIL_STEP
"""Seconds between two looks at the past: no more than the tracks remember. Between their rows the way is straight."""
_SAME_CLOCK = 60.0
"""Seconds by which the wall clock may have been set within one run of the camera."""


@dataclass(frozen=True, slots=True)
class Told:
    """A stored event.

    Attributes:
        id, label, rule, track_id: as in :class:`edgedet.event.Event`.
        started: UTC time.
        begin, end: seconds on the source's clock.
        best_score: 0 to 1.
        track: its rows.
    """

    id: str
    label: str
    rule: str
    track_id: int
    started: datetime
    begin: float
    end: float
    best_score: float
    track: tuple[Row, ...]

    @property
    def clock(self) -> float:
        """The wall clock when the source's stood at zero, seconds since 1970."""
        return self.started.timestamp() - self.begin


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A stretch in which an object was seen without a break, a look every :data:`STEP` seconds.

    Attributes:
        first: the first look, in steps since 1970.
        values: (N, 5) float64: x1, y1, x2, y2 as fractions of the frame, score.
    """

    first: int
    values: NDArray[np.float64]

    @classmethod
    def of(cls, rows: NDArray[np.float64]) -> Piece:
        """From a track's rows: (M, 6), the wall clock in front, rising. None is too short to be seen."""
        first, last = math.floor(rows[0, 0] / STEP), math.ceil(rows[-1, 0] / STEP)
        times = np.arange(first, last + 1) * STEP
        values = np.stack([np.interp(times, rows[:, 0], column) for column in rows[:, 1:].T], axis=1)
        best = int(np.argmax(rows[:, 5]))
        values[round(rows[best, 0] / STEP) - first, 4] = rows[best, 5]  # rules ask for the best of all, not for a mean
        return cls(first, values)

    @property
    def last(self) -> int:
        """The last look."""
        return self.first + len(self.values) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The way of one object, and the events it was.

    Attributes:
        label: what it is.
        pieces: in order, none overlapping another.
        told: its events.
    """

    label: str
    pieces: tuple[Piece, ...]
    told: tuple[Told, ...]


def courses_of(events: Iterable[Told]) -> list[Course]:
    """The objects behind events: one that met two rules, or was asleep between two events, is one object."""
    objects: dict[tuple[str, int], list[list[Told]]] = defaultdict(list)
    for event in sorted(events, key=lambda each: each.started):
        if not event.track:
            continue
        runs = objects[event.label, event.track_id]
        run = next((each for each in runs if abs(each[0].clock - event.clock) < _SAME_CLOCK), None)
        if run is None:
            runs.append([event])
        else:
            run.append(event)
    return [Course(label, tuple(_pieces(run)), tuple(run)) for (label, _), runs in objects.items() for run in runs]


def _pieces(run: Sequence[Told]) -> Iterator[Piece]:
    """The tracks of one object's events; those that overlap in time are joined."""
    joined: list[NDArray[np.float64]] = []
    for rows in sorted((_rows(each) for each in run), key=lambda rows: float(rows[0, 0])):
        if joined and rows[0, 0] <= joined[-1][-1, 0]:
            joined[-1] = np.concatenate([joined[-1], rows])
        else:
            joined.append(rows)
    for rows in joined:
        yield Piece.of(rows[np.argsort(rows[:, 0], kind="stable")])


def _rows(event: Told) -> NDArray[np.float64]:
    """(N, 6) a track by the wall clock; the best of its scores, which may lie between two rows, is given to one."""
    rows = np.array(event.track, np.float64)
    rows[:, 0] += event.clock
    best = int(np.argmax(rows[:, 5]))
    rows[best, 5] = max(rows[best, 5], event.best_score)
    return rows[np.argsort(rows[:, 0], kind="stable")]


def looks(courses: Sequence[Course], pause: int) -> Iterator[tuple[int, dict[int, NDArray[np.float64]]]]:
    """The looks that saw something, and as many as it takes after the last of them to know that all have left.

    Args:
        courses: the objects.
        pause: looks without anything after which there are none until something comes.

    Yields:
        The time in steps since 1970, and by the numbers of their courses (5,) box and score of what is seen then.
    """
    pieces = [(piece.first, number, piece) for number, course in enumerate(courses) for piece in course.pieces]
    coming = deque(sorted(pieces, key=lambda each: each[:2]))
    here: list[tuple[int, Piece]] = []
    step, end = 0, -pause - 1
    while coming or here or step <= end + pause:
        if not here and step > end + pause:
            step = coming[0][0]
        while coming and coming[0][0] <= step:
            _, number, piece = coming.popleft()
            here.append((number, piece))
            end = max(end, piece.last)
        here = [each for each in here if each[1].last >= step]
        yield step, {number: piece.values[step - piece.first] for number, piece in here}
        step += 1
