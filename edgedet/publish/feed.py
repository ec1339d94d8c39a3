"""The newest annotated picture, drawn and encoded once for all who want it."""

from __future__ import annotations

import threading
import time
from typing import Any

import cv2
import imutils

from edgedet.errors import OutputError
from edgedet.publish.overlay import caption, draw
from edgedet.types import FrameResult

SILENT_AFTER = 5.0
"""Seconds without a new picture after which its rate is no longer true."""


class Feed:
    """Holds one picture, the newest. One thread puts; any number of others watch.

    Args:
        quality: JPEG quality, 1 to 100.
        width: largest width sent, in pixels; 0: as captured.
        most: how many may watch at once.

    Attributes:
        encoded: how many pictures were encoded so far.
        watching: how many watch now.
    """

    def __init__(self, quality: int, width: int, most: int) -> None:
        self.encoded = self.watching = 0
        self._quality, self._width, self._most = quality, width, most
        self._opened = time.monotonic()
        self._newest: FrameResult | None = None
        self._arrived = 0.0
        self._jpeg: tuple[FrameResult, bytes] | None = None
        self._number = 0
        self._closed = False
        self._changed = threading.Condition()
        self._encoding = threading.Lock()

    def put(self, result: FrameResult) -> None:
        """Take a new picture; it is encoded now if anybody watches, else when somebody asks."""
        self._newest, self._arrived = result, time.monotonic()
        if self.watching:
            self.jpeg()

    def jpeg(self) -> bytes | None:
        """The newest picture as JPEG, encoded now if it wasn't yet; None before the first."""
        with self._encoding:
            result = self._newest
            if result is None:
                return None
            if self._jpeg is None or self._jpeg[0] is not result:
                data = self._encode(result)
                with self._changed:
                    self._jpeg = (result, data)
                    self._number += 1
                    self.encoded += 1
                    self._changed.notify_all()
            return self._jpeg[1]

    def next_jpeg(self, seen: int, timeout: float) -> tuple[int, bytes | None]:
        """The newest encoded picture whose number is above ``seen``, waiting for one, and its number.

        After ``timeout`` seconds the one already seen is given again, or None before the first.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._number > seen, timeout)
            return self._number, None if self._jpeg is None else self._jpeg[1]

    def enter(self) -> bool:
        """Somebody wants to watch; False if there are as many as may be."""
        with self._changed:
            if self._closed or self.watching >= self._most:
                return False
            self.watching += 1
            return True

    def leave(self) -> None:
        """Who entered is gone."""
        with self._changed:
            self.watching -= 1

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed

    def close(self) -> None:
        """Wake everybody who waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def health(self) -> dict[str, Any]:
        """How the picture is doing, for ``/health``.

        ``fps`` of detection (0 where no picture comes), ``frame_age_s`` (None before the first), ``clients`` watching,
        ``max_clients``, ``uptime_s``.
        """
        result, now = self._newest, time.monotonic()
        age = None if result is None else round(now - result.frame.monotonic, 3)
        silent = result is None or now - self._arrived > SILENT_AFTER
        fps = 0.0 if silent or result is None else round(result.fps, 2)
        return {
            "fps": fps,
            "frame_age_s": age,
            "clients": self.watching,
            "max_clients": self._most,
            "uptime_s": round(now - self._opened, 1),
        }

    def _encode(self, result: FrameResult) -> bytes:
        image, detections = result.frame.image, result.detections
        rows, columns = image.shape[:2]
        if self._width and columns > self._width and rows * self._width >= columns:
            image = imutils.resize(image, width=self._width)
            detections = detections.scale(image.shape[1] / columns, image.shape[0] / rows)
        try:
            good, data = cv2.imencode(
                ".jpg", draw(image, detections, caption(result)), [cv2.IMWRITE_JPEG_QUALITY, self._quality]
            )
        except cv2.error:
            good = False
        if not good:
            raise OutputError(f"live picture: {columns}x{rows} pixels are more than a JPEG holds; set mjpeg.width")
        return data.tobytes()
