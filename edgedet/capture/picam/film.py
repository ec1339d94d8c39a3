"""Where the film of a camera module comes from: the board's own H.264 encoder, where it has one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edgedet.capture.picam.encoding import Encoding
from edgedet.capture.picam.failure import FAILURES
from edgedet.capture.tap import Relay, Tap
from edgedet.config import SourceConfig
from edgedet.errors import SourceError

log = logging.getLogger(__name__)

DEVICE = Path("/dev/video11")
"""The encoder of the Raspberry Pi 1 to 4 and Zero (the kernel's bcm2835-codec); the Pi 5 has none."""

LARGEST = 1920
"""Most pixels across and down that it takes (MAX_W_CODEC, MAX_H_CODEC); a larger picture it would cut."""

Find = Callable[[], tuple[Any, str]]
"""Gives the class of the encoder that works in hardware here; or None, and why there is none."""


def find_encoder() -> tuple[Any, str]:
    """The class that picamera2 has for this board's encoder; None if that would be a software one."""
    try:
        from picamera2 import encoders
    except ImportError as error:
        return None, f"picamera2's encoders can't be loaded ({error})"
    if encoders.H264Encoder is encoders.LibavH264Encoder or not DEVICE.exists():
        return None, "this board has no H.264 encoder"
    return encoders.H264Encoder, ""


class Film:
    """What encodes a camera's film, through all its openings.

    Args:
        config: the encoder that is wanted, its bit rate, the camera's frame rate.
        find: what to encode with.

    Attributes:
        relay: where the packets go; None: the settings don't want any.
    """

    def __init__(self, config: SourceConfig, find: Find = find_encoder) -> None:
        self.relay = Relay() if config.encoder != "off" else None
        self._config, self._find = config, find
        self._encoding: Encoding | None = None
        self._said = ""

    def begin(self, camera: Any, stop: threading.Event) -> Callable[[], None]:
        """Have a camera's main stream encoded, if anybody takes packets and the board has an encoder.

        Args:
            camera: a ``picamera2.Picamera2`` that has been started.
            stop: set once no more is wanted of it.

        Returns:
            What ends that, to be called before the camera is closed.

        Raises:
            SourceError: the settings want the hardware's encoder, and none works.
        """
        if self.relay is None or self.relay.tap is None:
            return lambda: None
        encoding, why = self._try(camera, self.relay.tap, self.relay.start, stop)
        if encoding is not None:
            self._encoding = encoding
            self._say(f"its film comes from the board's H.264 encoder, {self._config.bitrate} kbit/s")
            return encoding.end
        if self._config.encoder == "hardware":
            raise SourceError(f"{why}; source.encoder is hardware: use auto")
        self._say(f"{why}; its film is encoded by the recorder")
        self.relay.frames_only()
        return lambda: None

    def _try(self, camera: Any, tap: Tap, start: float, stop: threading.Event) -> tuple[Encoding | None, str]:
        """The encoder at work, or why there is none."""
        width, height = camera.camera_configuration()["main"]["size"]
        if max(width, height) > LARGEST:
            return None, f"{width}x{height} is more than the board's H.264 encoder takes, {LARGEST}x{LARGEST}"
        make, why = self._find()
        if make is None:
            return None, why
        if self._encoding is not None and self._encoding.is_useless:
            # the camera may have been lost by it: once without, and if it is lost again, with it
            self._encoding = None
            return None, "the board's H.264 encoder gave nothing when it was tried last"
        try:
            return Encoding(camera, make, self._config, tap, start, stop), ""
        except FAILURES as error:
            return None, f"the board's H.264 encoder can't be used ({error})"

    def _say(self, text: str) -> None:
        if text != self._said:
            log.info("%s: %s", self._config.uri.removesuffix(":"), text)
        self._said = text
