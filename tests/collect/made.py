"""Results made up for the tests: people on a made-up scene."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from edgedet.types import Detections, Frame, FrameResult, Image
from tests.drift.scene import scene

LABELS = ("person", "cat", "dog")
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
Row = tuple[int, str, float, tuple[float, float, float, float]]
"""Track, label, score, box."""


def found(*rows: Row) -> Detections:
    """These objects."""
    ordered = sorted(rows, key=lambda row: -row[2])
    return Detections(
        np.array([row[3] for row in ordered], np.float32).reshape(len(rows), 4),
        np.array([row[2] for row in ordered], np.float32),
        np.array([LABELS.index(row[1]) for row in ordered], np.int32),
        LABELS,
        np.array([row[0] for row in ordered], np.int64),
    )


def person(track: int = 1, score: float = 0.9, x: float = 100, label: str = "person") -> Row:
    """One of them."""
    return track, label, score, (x, 60, x + 40, 160)


def result(index: int, rows: Sequence[Row] = (), seconds: float = 0.2, image: Image | None = None) -> FrameResult:
    """A look, so many seconds after the one before."""
    now, picture = index * seconds, scene(index) if image is None else image
    frame = Frame(picture.copy(), index, now, now, now, BEGIN + timedelta(seconds=now), "test:")
    return FrameResult(frame, found(*rows), camera="yard")
