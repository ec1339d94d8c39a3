"""Whether drift is noticed, and nothing else: ``python -m tests.drift.run``.

Films are played over and over on a clock of their own, for three and a half days; then the picture is changed.
"""

from __future__ import annotations

import functools
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from edgedet.types import Image
from tests.drift import timelapse
from tests.drift.timelapse import FILMS, Change, Lapse, daylight, film

LEARNED, WATCHED, SILENT = 3.5, 0.2, 4.5
"""Days before the change and after it; and of the films that don't change, by day and night."""
CHANGES: dict[str, Change | None] = {
    "nothing": None,
    "darker": timelapse.darker,
    "blurred": timelapse.blurred,
    "shifted": timelapse.shifted,
    "no colour": timelapse.infrared,
    "covered": timelapse.covered,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a film.

    Attributes:
        film, change: which.
        after: until it was told; None: it wasn't.
        text: in which words.
        drift: the last figure, 0 to 1.
    """

    film: str
    change: str
    after: timedelta | None
    text: str
    drift: float

    @property
    def right(self) -> bool:
        """Whether a change was told, and nothing else."""
        return (self.after is None) == (self.change in ("nothing", "day and night"))

    def __str__(self) -> str:
        told = f"told after {self.after}: {self.text}" if self.after is not None else "silent"
        return f"{'ok ' if self.right else 'BAD'} {self.film}, {self.change}: {told} (drift {self.drift:.2f})"


def changed(name: str, change: str) -> Outcome:
    """A film that is changed half-way; another one's is another scene."""
    learned, index = _learned(name)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(learned.name, folder, dirs_exist_ok=True)
        lapse = Lapse.begin(Path(folder))
        lapse.index, half = index, timelapse.at(index)
        lapse.play(_other(name) if change == "another scene" else _each(film(name), CHANGES[change]), WATCHED)
        return _outcome(lapse, name, change, half)


def day_and_night(name: str) -> Outcome:
    """A film whose light goes up and down, each day a little otherwise."""
    random = np.random.default_rng(1)
    clouds = random.uniform(0.85, 1.0, 400)
    with tempfile.TemporaryDirectory() as folder:
        lapse = Lapse.begin(Path(folder))
        lapse.play_with(
            film(name), SILENT, lambda image, now: daylight(image, now, clouds[int(now.timestamp() // 10800) % 400])
        )
        return _outcome(lapse, name, "day and night", lapse.now)


def outcomes() -> list[Outcome]:
    """All of them, each printed as it comes."""
    found = []
    for name in FILMS:
        for change in (*CHANGES, "another scene", "day and night"):
            outcome = day_and_night(name) if change == "day and night" else changed(name, change)
            print(outcome, flush=True)
            found.append(outcome)
    return found


@functools.cache
def _learned(name: str) -> tuple[tempfile.TemporaryDirectory[str], int]:
    """The days before the change, which are the same for all: their files, and how many frames they had."""
    folder = tempfile.TemporaryDirectory()
    lapse = Lapse.begin(Path(folder.name))
    lapse.play(film(name), LEARNED)
    assert not lapse.news
    lapse.drift.close()
    return folder, lapse.index


def _outcome(lapse: Lapse, name: str, change: str, half: datetime) -> Outcome:
    told = list(lapse.changed())
    drift = lapse.drift.report()["drift"] or 0.0
    if not told:
        return Outcome(name, change, None, "", drift)
    when, text = told[0]
    return Outcome(name, change, when - half, text, drift)


def _each(images: tuple[Image, ...], change: Change | None) -> tuple[Image, ...]:
    return images if change is None else tuple(map(change, images))


def _other(name: str) -> tuple[Image, ...]:
    return film(next(each for each in FILMS if each != name))


if __name__ == "__main__":
    sys.exit(0 if all(outcome.right for outcome in outcomes()) else 1)
