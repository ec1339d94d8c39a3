"""The best picture of an object so far: largest times sharpest times score."""

from __future__ import annotations

import math

import cv2

from edgedet.events.sighting import Sighting
from edgedet.types import Detections, Frame

BETTER = 1.1
"""How many times better another picture must be: each one costs a JPEG."""

_SIDE = 96
_HALF_SHARP = 120.0
"""Variance of the Laplacian of grey values (Pech-Pacheco et al., ICPR 2000) at which a crop counts half."""
_CUT_OFF = 0.5
"""What an object counts whose box touches the picture's edge: part of it isn't there."""
_EDGE = 0.003


class Snapshot:
    """Holds the best picture of one object until somebody takes it.

    Attributes:
        box: x1, y1, x2, y2 of the object in the best picture so far, as fractions of the frame.
        at: when that was, on the source's clock.
    """

    def __init__(self) -> None:
        self.box = (0.0, 0.0, 0.0, 0.0)
        self.at = 0.0
        self._quality = -1.0
        self._frame: Frame | None = None
        self._found: Detections | None = None

    def consider(self, sighting: Sighting, frame: Frame, found: Detections) -> None:
        """Take a frame if the object is seen better in it than in any before; ``found``: all that is in it."""
        if possible(sighting) <= BETTER * self._quality:  # don't look at its pixels
            return
        quality = possible(sighting) * sharpness(sighting, frame)
        if quality <= BETTER * self._quality:
            return
        self._quality, self.at = quality, frame.elapsed
        x1, y1, x2, y2 = (round(value, 4) for value in sighting.box)
        self.box = (x1, y1, x2, y2)
        self._frame, self._found = frame, found

    def take(self) -> tuple[Frame | None, Detections | None]:
        """The best picture if it is a new one, and what was found in it. It is held no longer."""
        taken = self._frame, self._found
        self._frame = self._found = None
        return taken


def possible(sighting: Sighting) -> float:
    """The best quality, 0 to 1, a picture of this object can have; its sharpness decides what it has."""
    x1, y1, x2, y2 = sighting.box
    whole = min(x1, y1) > _EDGE and max(x2, y2) < 1 - _EDGE
    return math.sqrt(max(0.0, sighting.area)) * sighting.score * (1.0 if whole else _CUT_OFF)


def sharpness(sighting: Sighting, frame: Frame) -> float:
    """How sharp a frame shows the object, 0 to 1."""
    x1, y1, x2, y2 = sighting.box
    left, right = round(x1 * frame.width), round(x2 * frame.width)
    crop = frame.image[round(y1 * frame.height) : round(y2 * frame.height), left:right]
    if min(crop.shape[:2]) < 3:
        return 0.0
    scale = _SIDE / max(crop.shape[:2])
    if scale < 1:
        width, height = (max(3, round(side * scale)) for side in (crop.shape[1], crop.shape[0]))
        crop = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    variance = float(cv2.Laplacian(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), cv2.CV_32F).var())
    return variance / (variance + _HALF_SHARP)
