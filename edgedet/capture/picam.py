"""Raspberry Pi camera modules, through picamera2."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from edgedet.capture.receiver import Lost, Shot
from edgedet.capture.reconnect import Reconnecting
from edgedet.config import SourceConfig
from edgedet.errors import SourceError

WIDTH, HEIGHT = 1280, 720

OLDEST = 1.0
"""A sensor's time stamp further back than this, in seconds, is taken for a wrong one."""


def open_camera(config: SourceConfig) -> Reconnecting:
    """``picam:`` is the first camera module, ``picam:1`` the second. Not opened yet.

    Raises:
        SourceError: what follows the colon is no number.
    """
    number = config.uri.partition(":")[2] or "0"
    if not number.isdecimal():
        raise SourceError(f"{config.uri}: {number} is no camera number; use picam: or picam:1")
    return Reconnecting(config.uri, lambda: PicamDriver(int(number), config), config)


def load_picamera2() -> Any:
    """The class picamera2.Picamera2. Raises SourceError if it isn't visible here, with what to do."""
    try:
        from picamera2 import Picamera2
    except ImportError as error:
        raise SourceError(
            f"{error.name or 'picamera2'} isn't visible to this Python; it comes with Debian's package: sudo apt "
            "install python3-picamera2, then an environment made with python3 -m venv --system-site-packages"
        ) from None
    return Picamera2


class PicamDriver:
    """One opening of a camera module.

    Args:
        number: as picamera2 counts them, from 0.
        config: the size and rate to ask for; default 1280x720 at the camera's own rate.
        load: gives the class picamera2.Picamera2, or one like it.
    """

    def __init__(self, number: int, config: SourceConfig, load: Callable[[], Any] = load_picamera2) -> None:
        self._number, self._config, self._load = number, config, load
        self._camera: Any = None

    def open(self, stop: threading.Event) -> str:  # noqa: ARG002 - has no long waits of its own
        """See :class:`edgedet.capture.receiver.Driver`."""
        picamera2, config = self._load(), self._config
        cameras = picamera2.global_camera_info()
        if self._number >= len(cameras):
            here = ", ".join(str(camera.get("Model", "?")) for camera in cameras) or "none"
            raise Lost(f"no such camera module; here: {here}; check the ribbon cable")
        # picamera2 names the order from the other end: its RGB888 is blue, green, red in memory.
        main = {"size": (config.width or WIDTH, config.height or HEIGHT), "format": "RGB888"}
        controls = {"FrameRate": config.fps} if config.fps else {}
        try:
            self._camera = camera = picamera2(self._number)
            camera.configure(camera.create_video_configuration(main=main, controls=controls))
            camera.start()
        except (RuntimeError, OSError, IndexError) as error:
            raise Lost(f"can't be opened ({error}); is another program using it?") from None
        granted = camera.camera_configuration()["main"]
        if granted["format"] != "RGB888":
            raise SourceError(f"gives {granted['format']} only; use one that gives RGB888")
        return f"{granted['format']} {granted['size'][0]}x{granted['size'][1]}"

    def read(self) -> Shot | None:
        """See :class:`edgedet.capture.receiver.Driver`."""
        stall = self._config.stall_timeout
        try:
            request = self._camera.capture_request(wait=stall)
        except TimeoutError:
            raise Lost(f"no frame for {stall:g} s") from None
        try:  # a buffer that is held starves the camera: make_array copies it, then it goes back at once
            picture = np.ascontiguousarray(request.make_array("main"), np.uint8)
            metadata = request.get_metadata()
        finally:
            request.release()
        return Shot(lambda: picture, _monotonic(metadata.get("SensorTimestamp")))

    def close(self) -> None:
        """See :class:`edgedet.capture.receiver.Driver`."""
        if self._camera is not None:
            self._camera.close()


def _monotonic(boot_ns: int | None) -> float:
    """The sensor's stamp, nanoseconds of the boot clock, on the monotonic clock; now, if it can't be right."""
    now = time.monotonic()
    age = (time.clock_gettime_ns(time.CLOCK_BOOTTIME) - (boot_ns or 0)) / 1e9
    return now - age if 0 <= age <= OLDEST else now
