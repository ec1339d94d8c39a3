"""Raspberry Pi camera modules, by picamera2."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from edgedet.capture import Source, SourceStatus
from edgedet.capture.handle import Handle
from edgedet.capture.reconnect import Reconnecting
from edgedet.capture.stamp import Stamper
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.types import Frame

_SIZE = (1280, 720)


def open_picam(config: SourceConfig) -> Source:
    """``picam:`` is the first camera module, ``picam:1`` the second; opened again when it is lost."""
    number = config.uri.partition(":")[2] or "0"
    if not number.isdigit():
        raise SourceError(f"{config.uri}: {number!r} is no camera number; give picam: or picam:1")
    return Reconnecting(lambda: PiCamera(int(number), config), config.uri, config.retry_max)


def load_picamera2() -> Any:
    """The picamera2 package.

    Raises:
        SourceError: it isn't visible here, with what to do.
    """
    try:
        import picamera2
    except ImportError as error:
        missing = error.name or "picamera2"
        raise SourceError(
            f"picam: {missing} isn't visible to this Python; sudo apt install python3-picamera2, and make the "
            "environment with: python3 -m venv --system-site-packages .venv"
        ) from None
    return picamera2.Picamera2


class PiCamera:
    """One camera module.

    Args:
        number: as picamera2 counts them.
        config: the size and rate to ask for.
    """

    live = True

    def __init__(self, number: int, config: SourceConfig) -> None:
        self.uri = f"picam:{number}"
        self._number, self._config = number, config
        self._camera: Any = None
        self._handle: Handle | None = None
        self._status = SourceStatus("opening")

    def open(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        picamera2 = load_picamera2()
        cameras = picamera2.global_camera_info()
        if self._number >= len(cameras):
            names = ", ".join(str(camera.get("Model", "?")) for camera in cameras) or "none"
            raise SourceError(f"{self.uri}: no such camera module; here: {names}; check the ribbon cable")
        config = self._config
        size = (config.width or _SIZE[0], config.height or _SIZE[1])
        controls = {"FrameRate": config.fps} if config.fps else {}
        try:
            self._camera = picamera2(self._number)
            self._handle = Handle(self._camera.close)
            # picamera2 names the order from the other end: its RGB888 is blue, green, red in memory
            main = {"size": size, "format": "RGB888"}
            self._camera.configure(self._camera.create_video_configuration(main=main, controls=controls))
            self._camera.start()
        except (RuntimeError, OSError, IndexError) as error:
            raise SourceError(f"{self.uri}: can't be opened ({error}); is another program using it?") from None
        granted = self._camera.camera_configuration()["main"]
        self._status = SourceStatus("open", f"{granted['format']} {granted['size'][0]}x{granted['size'][1]}")
        self._stamp = Stamper(self.uri)

    def read(self) -> Frame | None:
        """See :class:`edgedet.capture.Source`. Raises SourceError when the camera gives no more frames."""
        if self._handle is None:
            return None
        with self._handle.reading() as usable:
            taken = self._take() if usable else None
        if self._handle.closed.is_set() or taken is None:
            return None
        image, stamp_ns = taken
        # the sensor's clock is the system's boot clock; frames are stamped on the monotonic one
        age = (time.clock_gettime_ns(time.CLOCK_BOOTTIME) - stamp_ns) / 1e9 if stamp_ns else 0.0
        return self._stamp(image, monotonic=time.monotonic() - max(0.0, age))

    def _take(self) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], int]:
        """Copy one frame out and give its buffer back at once: a held buffer starves the camera."""
        try:
            request = self._camera.wait(self._camera.capture_request(wait=False), timeout=self._config.stall_timeout)
        except TimeoutError:
            raise SourceError(f"{self.uri}: no frame for {self._config.stall_timeout:g} s") from None
        try:
            return request.make_array("main").copy(), int(request.get_metadata().get("SensorTimestamp", 0))
        finally:
            request.release()

    def status(self) -> SourceStatus:
        """See :class:`edgedet.capture.Source`."""
        return self._status

    def close(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        if self._handle is not None:
            self._handle.close()
        self._status = SourceStatus("closed")
