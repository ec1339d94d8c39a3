"""USB cameras and other V4L2 devices, through OpenCV."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import cv2.utils.logging as opencv_log
import numpy as np

from edgedet.capture.listing import list_cameras
from edgedet.capture.receiver import Lost, Shot
from edgedet.capture.reconnect import Reconnecting
from edgedet.config import SourceConfig
from edgedet.errors import SourceError

Capture = Callable[[str], cv2.VideoCapture]


def open_camera(config: SourceConfig) -> Reconnecting:
    """The device that ``0``, ``v4l2:0``, ``v4l2:///dev/video0`` or ``/dev/video0`` names. Not opened yet.

    Raises:
        SourceError: the address names no device.
    """
    name = config.uri.removeprefix("v4l2:").removeprefix("//")
    device = f"/dev/video{int(name)}" if name.isdecimal() else name
    if not device.startswith("/dev/"):
        raise SourceError(f"{config.uri}: names no device; use 0, v4l2:0 or v4l2:///dev/video0")
    return Reconnecting(config.uri, lambda: V4l2Driver(device, config), config)


def open_device(device: str) -> cv2.VideoCapture:
    """OpenCV's capture of a V4L2 device, whether or not it could be opened: of that our own line tells, not its."""
    level = opencv_log.setLogLevel(opencv_log.LOG_LEVEL_ERROR)
    try:
        return cv2.VideoCapture(device, cv2.CAP_V4L2)
    finally:
        opencv_log.setLogLevel(level)


class V4l2Driver:
    """One opening of a V4L2 device.

    Args:
        device: ``/dev/video0``.
        config: the format, size and rate to ask for.
        capture: opens the device.
    """

    def __init__(self, device: str, config: SourceConfig, capture: Capture = open_device) -> None:
        self._device, self._config, self._capture = device, config, capture
        self._camera: cv2.VideoCapture | None = None

    def open(self, stop: threading.Event) -> str:  # noqa: ARG002 - has no long waits of its own
        """See :class:`edgedet.capture.receiver.Driver`."""
        self._check_access()
        self._camera = camera = self._capture(self._device)
        if not camera.isOpened():
            raise Lost(f"can't be opened; is another program using it (fuser {self._device}), and is it a camera?")
        for setting, value in self._asked().items():
            camera.set(setting, value)
        return _granted(camera)

    def _check_access(self) -> None:
        if not Path(self._device).exists():
            here = ", ".join(camera.device for camera in list_cameras()) or "none"
            raise Lost(f"no such device as {self._device}; plugged in here: {here} (see: edgedet sources)")
        if not os.access(self._device, os.R_OK | os.W_OK):
            raise Lost(f"permission denied for {self._device}; sudo usermod -aG video $USER, then log in again")

    def _asked(self) -> dict[int, float]:
        config = self._config
        code = "MJPG" if config.format == "auto" else config.format  # raw video chokes USB 2 above 640x480
        sizes = {
            cv2.CAP_PROP_FRAME_WIDTH: config.width,
            cv2.CAP_PROP_FRAME_HEIGHT: config.height,
            cv2.CAP_PROP_FPS: config.fps,
        }
        return {cv2.CAP_PROP_FOURCC: cv2.VideoWriter.fourcc(*code)} | {key: v for key, v in sizes.items() if v}

    def read(self) -> Shot | None:
        """See :class:`edgedet.capture.receiver.Driver`."""
        if self._camera is None:
            return None
        good, image = self._camera.read()
        if not good:
            raise Lost(f"{self._device} gives no more frames; is it still plugged in?")
        picture = np.ascontiguousarray(image, np.uint8)
        return Shot(lambda: picture, time.monotonic())

    def close(self) -> None:
        """See :class:`edgedet.capture.receiver.Driver`."""
        if self._camera is not None:
            self._camera.release()


def _granted(camera: cv2.VideoCapture) -> str:
    code = (int(camera.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF).to_bytes(4, "little")
    name = code.decode("ascii", "replace").strip("\0 ") or "unknown format"
    width, height = int(camera.get(cv2.CAP_PROP_FRAME_WIDTH)), int(camera.get(cv2.CAP_PROP_FRAME_HEIGHT))
    return f"{name} {width}x{height} {camera.get(cv2.CAP_PROP_FPS):g} fps"
