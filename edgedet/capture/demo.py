"""A camera for machines that have none: it pans and zooms over photographs, for ever."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

import cv2
import numpy as np

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
    Scene("hopper.jpg", View(1.06, 0.3, 0.0), View(1.0, 0.5, 0.25)),
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
        number, step = divmod(index, steps)
        scene = SCENES[number % len(SCENES)]
        photo = photos[scene.photo]
        scale, left, top = _crop(scene, step / (steps - 1), photo, width, height)
        yield Picture(_render(photo, scale, left, top, width, height), index, index / fps, index / fps, "demo:")


def _crop(scene: Scene, progress: float, photo: Image, width: int, height: int) -> tuple[float, float, float]:
    """Pixels of the photograph to one of the frame, and its pixel at the frame's left and top."""
    eased = progress * progress * (3 - 2 * progress)
    zoom, x, y = (a + (b - a) * eased for a, b in zip(scene.start, scene.end, strict=True))
    across, down = photo.shape[1] - 1, photo.shape[0] - 1
    scale = min(across / width, down / height) / zoom
    return scale, x * (across - scale * width), y * (down - scale * height)


def _render(photo: Image, scale: float, left: float, top: float, width: int, height: int) -> Image:
    # A warp costs about nine times a resize. Where the photograph has less detail than half the frame, which is
    # nearly always, the warp makes half the frame and a resize the rest: 2.9 ms instead of 8.2 for 1280x720.
    half = 2 if scale <= 0.5 else 1
    size = (-(-width // half), -(-height // half))
    crop = np.array([[scale * half, 0, left], [0, scale * half, top]])
    image = cv2.warpAffine(photo, crop, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    if size != (width, height):
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(image, np.uint8)


def _photo(name: str) -> Image:
    data = files("edgedet.capture").joinpath("photos", name).read_bytes()
    photo = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(photo, np.uint8)
