"""A camera for machines that have none: it pans and zooms over photographs, for ever."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edgedet.capture.player import Picture, Player
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.types import Image

WIDTH, HEIGHT, FPS = 1280, 720, 30.0
SCENE_SECONDS = 4.0


class View(NamedTuple):
    """A part of a photograph: how far in, and where (0 to 1 of what is left to move, across and down)."""

    zoom: float
    x: float
    y: float


class Scene(NamedTuple):
    """A camera movement over one photograph."""

    photo: str
    start: View
    end: View


# The subject stays in view and the bundled model finds it nearly all the time.
SCENES = (
    Scene("astronaut.jpg", View(1.0, 0.5, 0.3), View(1.4, 0.45, 0.1)),
    Scene("chelsea.jpg", View(1.0, 0.5, 0.9), View(1.3, 1.0, 1.0)),
    Scene("hopper.jpg", View(1.1, 0.6, 0.1), View(1.0, 0.5, 0.3)),
)


def open_demo(config: SourceConfig) -> Player:
    """The demo at the configured size (default 1280x720) and rate (default 30 a second). Not opened yet."""
    if config.uri != "demo:":
        raise SourceError(f"{config.uri}: the demo takes nothing after its colon; use demo:")
    width, height, fps = config.width or WIDTH, config.height or HEIGHT, config.fps or FPS
    return Player(
        config.uri, not config.as_fast, lambda: _pictures(width, height, fps), f"{width}x{height} {fps:g} fps"
    )


def _pictures(width: int, height: int, fps: float) -> Iterator[Picture]:
    photos = {scene.photo: _photo(scene.photo) for scene in SCENES}
    steps = max(2, round(SCENE_SECONDS * fps))
    for index in itertools.count():
        scene_number, step = divmod(index, steps)
        scene = SCENES[scene_number % len(SCENES)]
        photo = photos[scene.photo]
        crop = _crop(scene, step / (steps - 1), photo, width / height)
        image = cv2.warpAffine(
            photo,
            crop * (1 / width),
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
