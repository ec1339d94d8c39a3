"""Frames and tracked objects to test with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from edgedet.config import LineConfig, RuleConfig, ZoneConfig
from edgedet.events.change import Change
from edgedet.events.lifecycle import EventMaker
from edgedet.types import Detections, Frame

LABELS = ("person", "cat")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SIZE = (200, 100)

Thing = tuple[int, float, tuple[float, float, float, float]]
"""Track, score, box as fractions of the frame."""


def frame(elapsed: float, wall: datetime | None = None, size: tuple[int, int] = SIZE) -> Frame:
    """A frame full of structure, taken at this time of the source's clock."""
    noise = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    return Frame(noise, round(elapsed * 10), elapsed, elapsed, elapsed, wall or NOON + timedelta(seconds=elapsed), "x")


def found(*things: Thing, label: int = 0, size: tuple[int, int] = SIZE) -> Detections:
    """These objects in a frame."""
    things = tuple(sorted(things, key=lambda thing: -thing[1]))
    return Detections(
        np.array([thing[2] for thing in things], np.float32).reshape(-1, 4) * np.array([*size, *size], np.float32),
        np.array([thing[1] for thing in things], np.float32),
        np.full(len(things), label, np.int32),
        LABELS,
        np.array([thing[0] for thing in things], np.int64),
    )


def at(x: float, y: float, width: float = 0.1, height: float = 0.4) -> tuple[float, float, float, float]:
    """The box of something that stands there."""
    return x - width / 2, y - height, x + width / 2, y


class Scene:
    """Plays things to an event maker, ten frames a second."""

    def __init__(
        self,
        rule: RuleConfig | None = None,
        zones: dict[str, ZoneConfig] | None = None,
        lines: dict[str, LineConfig] | None = None,
    ) -> None:
        self.maker = EventMaker("front", zones or {}, lines or {}, {"person": rule or RuleConfig()}, LABELS)
        self.now = 0.0
        self.off = timedelta(0)
        """How wrong the wall clock is."""
        self.changes: list[Change] = []

    def play(self, *things: Thing, seconds: float = 0.1, still: set[int] | None = None, looked: bool = True) -> None:
        """Show the same things for a while."""
        for _ in range(round(seconds * 10)):
            shown = frame(self.now, NOON + timedelta(seconds=self.now) + self.off)
            self.changes += self.maker.update(shown, found(*things), still or set(), looked)
            self.now = round(self.now + 0.1, 6)

    def walk(self, track: int, way: list[tuple[float, float]], score: float = 0.9) -> None:
        """Show one thing going from point to point."""
        for x, y in way:
            self.play((track, score, at(x, y)))

    def phases(self) -> list[str]:
        """What was told, without updates."""
        return [change.event.phase for change in self.changes if change.event.phase != "update"]
