"""Rectangles stay covered for a while after their object was last seen: one missed detection must not bare a face."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgedet.boxes import iou
from edgedet.privacy.regions import Boxes

_SAME = 0.3
"""Overlap (IoU) from which a new rectangle is an old one that moved."""

_NEW_SPEED = 0.3
"""How much the speed just seen counts against the one before: boxes tremble."""

_GROWTH = 0.25
"""Of a rectangle's longer side: what it grows by a second on every side while its object isn't seen."""


class Held:
    """Remembers rectangles, and guesses where those that went missing may be now.

    One that isn't found again covers where it was, where it would be at its last speed, and all between, growing the
    longer it is missing; after ``hold`` seconds it is forgotten.

    Args:
        hold: seconds.
    """

    def __init__(self, hold: float) -> None:
        self._hold = hold
        self._boxes: Boxes = np.zeros((0, 4))
        self._speeds: Boxes = np.zeros((0, 2))
        self._seen: NDArray[np.float64] = np.zeros(0)

    def update(self, boxes: Boxes, elapsed: float) -> Boxes:
        """All that has to be covered now, (M, 4): the rectangles given, and those missing.

        Args:
            boxes: (N, 4), what is seen now.
            elapsed: seconds on the source's clock.
        """
        alive = elapsed - self._seen <= self._hold
        self._boxes, self._speeds, self._seen = self._boxes[alive], self._speeds[alive], self._seen[alive]
        old, new = _pairs(self._moved(elapsed), boxes)
        speeds = np.zeros((len(boxes), 2))
        speeds[new] = self._speeds[old]
        took = elapsed - self._seen[old]
        timed = took > 0  # the same frame again says nothing about speed
        step = (_middles(boxes[new]) - _middles(self._boxes[old]))[timed] / took[timed, None]
        speeds[new[timed]] += _NEW_SPEED * (step - speeds[new[timed]])

        missing = np.delete(np.arange(len(self._boxes)), old)
        covered = np.concatenate([boxes, self._reach(missing, elapsed)])
        self._boxes = np.concatenate([boxes, self._boxes[missing]])
        self._speeds = np.concatenate([speeds, self._speeds[missing]])
        self._seen = np.concatenate([np.full(len(boxes), elapsed), self._seen[missing]])
        return covered

    def _moved(self, elapsed: float) -> Boxes:
        shift = self._speeds * (elapsed - self._seen)[:, None]
        return self._boxes + np.tile(shift, 2)

    def _reach(self, missing: NDArray[np.int64], elapsed: float) -> Boxes:
        """Where missing ones were and may be, in one rectangle each."""
        last, now = self._boxes[missing], self._moved(elapsed)[missing]
        longer = (last[:, 2:] - last[:, :2]).max(axis=1, initial=0)
        grow = (_GROWTH * longer * (elapsed - self._seen[missing]))[:, None]
        return np.concatenate(
            [np.minimum(last[:, :2], now[:, :2]) - grow, np.maximum(last[:, 2:], now[:, 2:]) + grow], axis=1
        )


def _middles(boxes: Boxes) -> Boxes:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _pairs(old: Boxes, new: Boxes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which of ``old`` is which of ``new``, the greatest overlap first, each at most once.

    One to one: someone who vanishes behind another person must not be taken for that one and forgotten.
    """
    overlaps = iou(old.astype(np.float32), new.astype(np.float32))
    pairs: list[tuple[int, int]] = []
    rows, columns = np.nonzero(overlaps >= _SAME)
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    for at in np.argsort(-overlaps[rows, columns], kind="stable").tolist():
        row, column = int(rows[at]), int(columns[at])
        if row not in taken_old and column not in taken_new:
            taken_old.add(row)
            taken_new.add(column)
            pairs.append((row, column))
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
