"""What a camera saw in one hour, in a few kilobytes, however much it was."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.drift.distance import Histogram
from edgedet.drift.measure import EDGES, MEASURES, Floats, Measured
from edgedet.types import Detections

SCORES, SIZES, PLACES, COUNTS = 20, 12, (4, 4), 12
"""Bins of scores (0 to 1), of sizes (the root of the share of the picture, 0 to 1), rows and columns of places, and
objects in a frame (the last: as many or more)."""
_EDGE_SCALE = 32.0
NO_EDGES: Floats = np.zeros(EDGES, np.float32)
"""Of a window that is over: weeks of them would be megabytes."""
NO_EDGES.setflags(write=False)


@dataclass(slots=True)
class Window:
    """Some minutes of pictures.

    Attributes:
        begin: seconds of the day in UTC.
        pictures: how many were measured.
        sums: float64 (5,), of what was measured: :data:`edgedet.drift.measure.MEASURES`.
        edges: float32 (24, 32), the sum of theirs while it lasts; it isn't kept.
    """

    begin: float
    pictures: int = 0
    sums: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(MEASURES)))
    edges: Floats = field(default_factory=lambda: NO_EDGES)

    def add(self, measured: Measured) -> None:
        """One more picture."""
        self.pictures += 1
        self.sums += measured.values
        self.edges = self.edges + measured.edges

    @property
    def means(self) -> NDArray[np.float64]:
        """Of what was measured; 0 where nothing was."""
        return self.sums / max(1, self.pictures)


@dataclass(slots=True)
class Hour:
    """Counts of an hour.

    Attributes:
        frames, results, looked: frames captured, those of them that came to be counted, and those the model ran on.
        scores: for each label seen, float64 (20,).
        sizes, places, counts: float64 (12,), (16,), (12,), of all labels together.
        windows: in order.
        edges: float32 (24, 32), the sum of all pictures'.
    """

    frames: int = 0
    results: int = 0
    looked: int = 0
    scores: dict[str, Histogram] = field(default_factory=dict)
    sizes: Histogram = field(default_factory=lambda: np.zeros(SIZES))
    places: Histogram = field(default_factory=lambda: np.zeros(PLACES[0] * PLACES[1]))
    counts: Histogram = field(default_factory=lambda: np.zeros(COUNTS))
    windows: list[Window] = field(default_factory=list)
    edges: Floats = field(default_factory=lambda: np.zeros(EDGES, np.float32))

    @property
    def pictures(self) -> int:
        """How many were measured."""
        return sum(window.pictures for window in self.windows)

    @property
    def objects(self) -> int:
        """How many were counted."""
        return int(self.sizes.sum())

    def see(self, found: Detections, width: int, height: int) -> None:
        """Count the objects of one frame.

        Args:
            found: what is in it.
            width, height: of it, in pixels.
        """
        self.counts[min(len(found), COUNTS - 1)] += 1
        if not len(found):
            return
        boxes = found.boxes / np.array([width, height, width, height], np.float32)
        sides = np.clip(boxes[:, 2:] - boxes[:, :2], 0, 1)
        middles = np.clip((boxes[:, :2] + boxes[:, 2:]) / 2, 0, 0.999)
        at = (np.sqrt(sides.prod(axis=1)) * SIZES).astype(int).clip(0, SIZES - 1)
        self.sizes += np.bincount(at, minlength=SIZES)
        row, column = (middles[:, 1] * PLACES[0]).astype(int), (middles[:, 0] * PLACES[1]).astype(int)
        self.places += np.bincount(row * PLACES[1] + column, minlength=len(self.places))
        bins = (found.scores * SCORES).astype(int).clip(0, SCORES - 1)
        for class_id, score in zip(found.class_ids.tolist(), bins.tolist(), strict=True):
            label = found.labels[class_id]
            if label not in self.scores:
                self.scores[label] = np.zeros(SCORES)
            self.scores[label][score] += 1

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        edges = self.edges / max(1, self.pictures) * _EDGE_SCALE
        return {
            "frames": self.frames,
            "results": self.results,
            "looked": self.looked,
            "scores": {label: [int(n) for n in counts] for label, counts in self.scores.items()},
            **{name: [int(n) for n in getattr(self, name)] for name in ("sizes", "places", "counts")},
            "windows": [[round(w.begin), w.pictures, *w.means.round(3).tolist()] for w in self.windows],
            "edges": base64.b64encode(edges.round().clip(0, 255).astype(np.uint8).tobytes()).decode(),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Hour:
        """The reverse. Raises KeyError, TypeError or ValueError if something is missing or odd."""
        windows = [
            Window(float(begin), int(n), _numbers(means, len(MEASURES)) * int(n))
            for begin, n, *means in values["windows"]
        ]
        kept = np.frombuffer(base64.b64decode(values["edges"], validate=True), np.uint8).reshape(EDGES)
        pictures = sum(window.pictures for window in windows)
        return cls(
            int(values["frames"]),
            int(values["results"]),
            int(values["looked"]),
            {str(label): _numbers(counts, SCORES) for label, counts in values["scores"].items()},
            _numbers(values["sizes"], SIZES),
            _numbers(values["places"], PLACES[0] * PLACES[1]),
            _numbers(values["counts"], COUNTS),
            windows,
            kept.astype(np.float32) * (pictures / _EDGE_SCALE),
        )


def _numbers(values: Any, count: int) -> NDArray[np.float64]:
    numbers = np.array(values, np.float64)
    if numbers.shape != (count,) or not np.isfinite(numbers).all():
        raise ValueError(f"{count} numbers are wanted")
    return numbers
