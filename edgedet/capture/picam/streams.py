"""The streams a camera module is asked for, and what it grants."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, NamedTuple

from edgedet.capture.picam.failure import FAILURES, lost, reason
from edgedet.capture.picam.modes import choose_mode
from edgedet.capture.picam.pixels import FORMATS, Layout
from edgedet.config import SourceConfig
from edgedet.config.camera_controls import pixels
from edgedet.errors import SourceError

log = logging.getLogger(__name__)

WIDTH, HEIGHT = 1280, 720


class Flip(NamedTuple):
    """What libcamera.Transform is made of, where libcamera isn't."""

    hflip: bool
    vflip: bool


@dataclass(frozen=True, slots=True)
class Streams:
    """What a camera gives.

    Attributes:
        main: the picture that is shown and recorded.
        small: the same for the detector, scaled by the camera; None: there is none.
    """

    main: Layout
    small: Layout | None

    def __str__(self) -> str:
        return f"{self.main}" + (f", small {self.small}" if self.small else "")


def main_size(config: SourceConfig) -> tuple[int, int]:
    """Pixels (width, height) the settings ask a camera module for; even, as it wants them."""
    width, height = config.width or WIDTH, config.height or HEIGHT
    return max(2, width - width % 2), max(2, height - height % 2)


def configure(camera: Any, config: SourceConfig, with_small: bool) -> Streams:
    """Configure a camera that is open and not started.

    A second stream that is refused, or comes out useless, is left out.

    Args:
        camera: a Picamera2.
        config: size, small size, sensor mode, rotation and flips to ask for.
        with_small: whether to ask for the small picture at all.

    Raises:
        Lost: it refuses.
        SourceError: it has no such sensor mode, can't flip, or gives a pixel format that nobody here understands.
    """
    asked: dict[str, Any] = {"main": {"size": main_size(config), "format": "RGB888"}}
    if config.mode:
        asked["sensor"] = choose_mode(camera, config.mode)
    half = config.rotation == 180
    if half != config.hflip or half != config.vflip:
        asked["transform"] = _transform(half != config.hflip, half != config.vflip)
    size = pixels(config.small) if with_small and "x" in config.small else None
    if size and size != main_size(config) and all(a <= b for a, b in zip(size, main_size(config), strict=True)):
        streams = _with_small(camera, asked, size)
        if streams is not None:
            return streams
    try:
        return _granted(camera, asked)
    except SourceError:
        raise
    except FAILURES as error:
        raise lost("configured", error) from None


def _with_small(camera: Any, asked: dict[str, Any], size: tuple[int, int]) -> Streams | None:
    """Both streams, or None if the second is of no use; says so."""
    try:
        streams = _granted(camera, asked | {"lores": {"size": size, "format": "YUV420"}})
    except SourceError:
        raise
    except FAILURES as error:
        log.warning("this camera refuses a small picture of %dx%d (%s); going on without", *size, reason(error))
        return None
    small, main = streams.small, streams.main
    if small is None or small.format not in FORMATS or not small.is_even:
        log.warning("this camera's small picture comes out as %s; going on without", small)
        return None
    if small.width * small.height >= main.width * main.height:
        log.info("this camera's small picture comes out as large as the other, %s; going on without", small)
        return None
    if (small.width, small.height) != size:
        log.info("this camera's small picture comes out as %s instead of %dx%d", small, *size)
    return streams


def _granted(camera: Any, asked: dict[str, Any]) -> Streams:
    camera.configure(camera.create_video_configuration(**asked))
    granted = camera.camera_configuration()
    main = Layout.of(granted["main"])
    if main.format not in FORMATS:
        raise SourceError(f"gives {main.format} only; use a camera that gives one of {', '.join(FORMATS)}")
    if "transform" in asked and _flips(granted.get("transform")) != _flips(asked["transform"]):
        raise SourceError("can't turn or flip its picture; leave out source.rotation, source.hflip and source.vflip")
    small = granted.get("lores")
    return Streams(main, Layout.of(small) if small else None)


def _flips(transform: Any) -> tuple[bool, bool]:
    return bool(getattr(transform, "hflip", False)), bool(getattr(transform, "vflip", False))


def _transform(hflip: bool, vflip: bool) -> Any:
    try:
        from libcamera import Transform
    except ImportError:
        return Flip(hflip, vflip)
    return Transform(hflip=hflip, vflip=vflip)
