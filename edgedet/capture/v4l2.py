"""USB cameras and other V4L2 devices, by OpenCV."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from edgedet.capture import Source, SourceStatus
from edgedet.capture.handle import Handle
from edgedet.capture.reconnect import Reconnecting
from edgedet.capture.stamp import Stamper
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.types import Frame

log = logging.getLogger(__name__)

Capture = Callable[[str], cv2.VideoCapture]


def open_v4l2(config: SourceConfig) -> Source:
    """The device ``0``, ``v4l2:0``, ``v4l2:///dev/video0`` or ``/dev/video0`` names; opened again when it is lost."""
    device = config.uri.removeprefix("v4l2:").removeprefix("//")
    device = f"/dev/video{device}" if device.isdigit() else device
    return Reconnecting(lambda: V4L2Camera(device, config), config.uri, config.retry_max)


def open_device(device: str) -> cv2.VideoCapture:
    """OpenCV's capture of a V4L2 device, whether or not it could be opened."""
    return cv2.VideoCapture(device, cv2.CAP_V4L2)


class V4L2Camera:
    """A V4L2 device.

    Args:
        device: ``/dev/video0``.
        config: the format, size and rate to ask for; what the driver grants instead is logged.
        capture: opens the device.
    """

    live = True

    def __init__(self, device: str, config: SourceConfig, capture: Capture = open_device) -> None:
        self.uri = device
        self._config, self._capture = config, capture
        self._handle: Handle | None = None
        self._status = SourceStatus("opening")

    def open(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        self._check_access()
        camera = self._capture(self.uri)
        if not camera.isOpened():
            raise SourceError(
                f"{self.uri}: can't be opened as a camera; is another program using it? (fuser {self.uri})"
            )
        self._camera = camera
        self._handle = Handle(camera.release)
        self._ask(camera)
        granted = self._granted(camera)
        log.info("%s: asked for %s, granted %s", self.uri, self._asked(), granted)
        self._status = SourceStatus("open", granted)
        self._stamp = Stamper(self.uri)

    def _check_access(self) -> None:
        if not Path(self.uri).exists():
            from edgedet.capture.listing import list_v4l2

            here = ", ".join(camera.uri for camera in list_v4l2()) or "none"
            raise SourceError(f"{self.uri}: no such camera; here: {here} (edgedet sources)")
        if not os.access(self.uri, os.R_OK | os.W_OK):
            raise SourceError(f"{self.uri}: permission denied; sudo usermod -aG video $USER, then log in again")

    def _ask(self, camera: cv2.VideoCapture) -> None:
        config = self._config
        wanted = "MJPG" if config.format == "auto" else config.format  # raw formats choke USB 2 above 640x480
        camera.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*wanted))
        for prop, value in (
            (cv2.CAP_PROP_FRAME_WIDTH, config.width),
            (cv2.CAP_PROP_FRAME_HEIGHT, config.height),
            (cv2.CAP_PROP_FPS, config.fps),
        ):
            if value:
                camera.set(prop, value)
        camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # an older frame is no use

    def _asked(self) -> str:
        config = self._config
        size = f"{config.width or 'any'}x{config.height or 'any'}"
        return f"{config.format} {size} {config.fps or 'any'} fps"

    @staticmethod
    def _granted(camera: cv2.VideoCapture) -> str:
        code = int(camera.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
        name = code.to_bytes(4, "little").decode("ascii", "replace").strip("\0 ") or "?"
        width, height = (int(camera.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        return f"{name} {width}x{height} {camera.get(cv2.CAP_PROP_FPS):g} fps"

    def read(self) -> Frame | None:
        """See :class:`edgedet.capture.Source`. Raises SourceError when the device gives no more frames."""
        if self._handle is None:
            return None
        with self._handle.reading() as usable:
            good, image = self._camera.read() if usable else (False, None)
        if self._handle.closed.is_set():
            return None
        if not good or image is None:
            raise SourceError(f"{self.uri}: gives no more frames; was it unplugged?")
        return self._stamp(np.asarray(image, np.uint8))

    def status(self) -> SourceStatus:
        """See :class:`edgedet.capture.Source`."""
        return self._status

    def close(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        if self._handle is not None:
            self._handle.close()
        self._status = SourceStatus("closed")
