"""Whether anything moves: what spares the detector a still scene."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edgedet.config.motion import MotionConfig
from edgedet.types import Frame, Image

WIDTH = 160
"""Pixels across that are compared, or up to twice as many; each a square's mean: a sensor's noise averages out."""
LINGER = 1.0
"""Seconds the detector goes on looking once nothing moves any more."""
AT_REST = 1.0
"""Seconds without change after which what is seen belongs to the background: who stands still, and the wall behind
somebody who went."""
RECENT = 0.5
"""Seconds of the average with which a pixel is compared to see whether it is at rest."""
FAINTEST, STRONGEST = 5.0, 45.0
"""Change of a pixel, in percent of its surroundings' brightness, that counts at sensitivity 1 and at 0."""
NOISE = 5.0
"""Times the picture's own noise a change has to be."""
_SHARE = 0.3
"""Of a picture at rest in the background: several are averaged."""
EVERYWHERE = 0.6
"""Share of the picture that can't change by motion: the light did, or the camera."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Outside:
    """Something outside the picture that knows of motion: a sensor.

    Attributes:
        moves: whether it says so now; called by the detect thread for each frame.
        mode: who is asked: it ``alone``, it ``or`` the picture, or both, ``and``.
    """

    moves: Callable[[], bool]
    mode: Literal["alone", "or", "and"]


class MotionGate:
    """Decides for each frame of one camera whether the detector looks at it.

    A small grey picture is divided by its own surroundings' brightness, so that clouds and automatic exposure cancel
    out, and compared with a background that slowly takes over what stays. Used by one thread, frames in order.

    Args:
        config: the settings.
        outside: what else knows of motion; None: there is only the picture.
    """

    def __init__(self, config: MotionConfig, outside: Outside | None = None) -> None:
        self._config, self._outside = config, outside
        self._threshold = STRONGEST * (FAINTEST / STRONGEST) ** config.sensitivity
        self._scene: _Scene | None = None
        self._noise = 0.0
        self._before = self._looked = self._moved = -math.inf

    def __call__(self, frame: Frame) -> bool:
        """Whether to look at this frame."""
        now = frame.elapsed
        if self._anything_moves(frame, now - self._before):
            self._moved = now
        look = now - self._moved <= LINGER or now - self._looked >= self._config.every
        if look:
            self._looked = now
        self._before = now
        return look

    def _anything_moves(self, frame: Frame, seconds: float) -> bool:
        outside = self._outside
        if outside is not None and outside.mode == "alone":
            return outside.moves()
        moves = self._moves(_relative(_small(frame.image if frame.small is None else frame.small)), seconds)
        if outside is None:
            return moves
        return moves or outside.moves() if outside.mode == "or" else moves and outside.moves()

    def _moves(self, picture: Floats, seconds: float) -> bool:
        scene = self._scene
        if scene is None or scene.background.shape != picture.shape:
            self._scene = _Scene(picture, self._mask(*picture.shape))
            return True
        difference = np.abs(picture - scene.background)
        threshold = max(self._threshold, NOISE * self._noise)
        self._noise += 0.05 * (float(np.median(difference[::2, ::2])) * 1.48 - self._noise)
        changed = (difference > threshold).astype(np.uint8) & scene.watched
        solid = cv2.dilate(cv2.erode(changed, _CROSS), _SQUARE)
        share = cv2.countNonZero(solid) / solid.size
        if share > EVERYWHERE:
            self._scene = _Scene(picture, scene.watched)
            return True
        scene.learn(picture, threshold / 2, seconds)
        return share >= self._config.min_area

    def _mask(self, height: int, width: int) -> NDArray[np.uint8]:
        watched = np.ones((height, width), np.uint8)
        for polygon in self._config.masks:
            corners = (np.array(polygon) * [width, height]).round().astype(np.int32)
            cv2.fillPoly(watched, [corners], 0)
        return watched


class _Scene:
    """What was seen of a scene, all in relative brightness: uint8 ``watched`` is 1 where motion counts."""

    def __init__(self, picture: Floats, watched: NDArray[np.uint8]) -> None:
        self.background, self.watched = picture.copy(), watched
        self._recent = picture.copy()
        self._at_rest = np.zeros_like(picture)

    def learn(self, picture: Floats, threshold: float, seconds: float) -> None:
        """What has been at rest for a while becomes background; the rest of that stays as it was."""
        rests = (np.abs(picture - self._recent) <= threshold).astype(np.float32)
        self._at_rest = (self._at_rest + np.float32(seconds)) * np.asarray(cv2.erode(rests, _SQUARE), np.float32)
        settled = (self._at_rest > AT_REST).astype(np.uint8)
        cv2.accumulateWeighted(picture, self.background, _SHARE, settled)
        cv2.accumulateWeighted(picture, self._recent, 1 - math.exp(-seconds / RECENT))


_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_SQUARE = np.ones((5, 5), np.uint8)


def _small(image: Image) -> NDArray[np.uint8]:
    """A grey picture :data:`WIDTH` pixels across or a bit more, by halving: two to three times as quick as at once."""
    small = image
    while small.shape[1] >= 2 * WIDTH and small.shape[0] >= 2:
        size = small.shape[1] // 2, small.shape[0] // 2
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def _relative(grey: NDArray[np.uint8]) -> Floats:
    """Each pixel in percent of the brightness around it; what is nearly black counts little."""
    bright = grey.astype(np.float32) + 16
    size = max(3, grey.shape[1] // 4 | 1)
    around = cv2.boxFilter(bright, -1, (size, size))
    return np.asarray(cv2.divide(bright, around, scale=100), np.float32)
