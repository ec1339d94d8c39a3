"""Days before a camera, made of a film: a frame of it every so often, on a clock of its own."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from edgedet.config.drift import DriftConfig
from edgedet.drift.camera import CameraDrift, News
from edgedet.drift.folder import DriftFolder
from edgedet.types import Detections, Frame, FrameResult, Image
from tests.places import shared

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
EVERY = 120.0
"""Seconds of the camera's clock between two frames."""
CONFIG = DriftConfig(enabled=True, every=EVERY, window=1200)
LABELS = ("person", "cat")
Change = Callable[[Image], Image]
FILMS = ("bottle-detection", "one-by-one-person-detection")


@functools.cache
def film(name: str, frames: int = 150) -> tuple[Image, ...]:
    """That many frames of a film, evenly through it, 320 pixels across."""
    capture = cv2.VideoCapture(str(shared(f"data/videos/{name}.mp4")))
    count, kept = int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), []
    wanted = set(np.linspace(0, count - 1, frames).astype(int).tolist())
    for index in range(count):
        good, image = capture.read()
        if good and index in wanted:
            kept.append(cv2.resize(image, (320, 180), interpolation=cv2.INTER_AREA))
    return tuple(kept)


def darker(image: Image) -> Image:
    """A third of the light."""
    return (image * 0.35).astype(np.uint8)


def blurred(image: Image) -> Image:
    """Fog on the lens: blurred, and with less contrast."""
    return cv2.GaussianBlur(image, (0, 0), 4)


def shifted(image: Image) -> Image:
    """The camera was knocked: an eighth of the picture to the side, a twelfth up."""
    height, width = image.shape[:2]
    return cv2.warpAffine(
        image, np.float32([[1, 0, width / 8], [0, 1, -height / 12]]), (width, height), borderMode=cv2.BORDER_REFLECT
    )


def infrared(image: Image) -> Image:
    """No colour."""
    return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)


def covered(image: Image) -> Image:
    """A hand before it."""
    return np.random.default_rng(1).integers(0, 6, image.shape, np.uint8)


def daylight(image: Image, when: datetime, clouds: float = 1.0) -> Image:
    """Night, dusk and day, with the same slow curve each day: from a fifth of the light to all of it.

    Args:
        image: by day.
        when: by which clock.
        clouds: what they leave of the light.
    """
    hours = when.hour + when.minute / 60
    light = 0.6 + 0.4 * math.sin((hours - 6) / 24 * 2 * math.pi)
    return (image * (light * clouds)).astype(np.uint8)


def at(index: int) -> datetime:
    """When a frame is taken."""
    return BEGIN + timedelta(seconds=index * EVERY)


@dataclass
class Lapse:
    """A camera whose statistics follow the frames' own time.

    Attributes:
        news: what was told, and when.
        drift: its statistics.
        index: of the next frame.
    """

    news: list[tuple[datetime, News]]
    drift: CameraDrift
    index: int = 0

    @classmethod
    def begin(cls, folder: Path, config: DriftConfig = CONFIG) -> Lapse:
        news: list[tuple[datetime, News]] = []
        return cls(
            news, CameraDrift(DriftFolder(folder, "yard"), config, lambda each: news.append((each.frame.wall, each)))
        )

    @property
    def now(self) -> datetime:
        return at(self.index)

    def play(self, images: tuple[Image, ...], days: float, seen: Callable[[int], Detections] | None = None) -> None:
        """Show the film again and again for so many days."""
        for _ in range(round(days * 86400 / EVERY)):
            step = self.index % len(images)
            self.show(images[step], seen(step) if seen is not None else Detections.empty(LABELS))

    def play_with(self, images: tuple[Image, ...], days: float, change: Callable[[Image, datetime], Image]) -> None:
        """The same, each frame changed by what time it is."""
        for _ in range(round(days * 86400 / EVERY)):
            self.show(change(images[self.index % len(images)], self.now), Detections.empty(LABELS))

    def show(self, image: Image, found: Detections) -> None:
        seconds = self.index * EVERY
        frame = Frame(image, self.index, seconds, seconds, seconds, self.now, "test:")
        self.drift.see(FrameResult(frame, found, camera="yard"))
        self.index += 1

    def changed(self) -> Iterator[tuple[datetime, str]]:
        return ((when, news.text) for when, news in self.news if news.changed)
