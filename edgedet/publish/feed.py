"""The newest picture, drawn and encoded once for all who want it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import cv2
import imutils

from edgedet.drawing.overlay import caption, draw
from edgedet.errors import OutputError
from edgedet.pace import Pace
from edgedet.types import FrameResult

SILENT_AFTER = 5.0
"""Seconds without a new picture after which its rate is no longer true."""


class Feed:
    """Holds one picture, the newest. One thread puts; any number of others watch.

    Args:
        quality: JPEG quality, 1 to 100.
        width: largest width sent, in pixels; 0: as captured.
        most: how many may watch at once.
        boxes: whether what was found is drawn into it.
        setting: the settings key of ``width``, for an error's remedy.

    Attributes:
        encoded: how many pictures were encoded so far.
    """

    def __init__(self, quality: int, width: int, most: int, boxes: bool = True, setting: str = "mjpeg.width") -> None:
        self.encoded = 0
        self._quality, self._width, self._most = quality, width, most
        self._boxes, self._setting = boxes, setting
        self._rates: list[float] = []
        self._pace = Pace()
        self._told: tuple[Callable[[], None], ...] = ()
        self._opened = time.monotonic()
        self._newest: FrameResult | None = None
        self._arrived = 0.0
        self._jpeg: tuple[FrameResult, bytes] | None = None
        self._number = 0
        self._closed = False
        self._changed = threading.Condition()
        self._encoding = threading.Lock()

    def put(self, result: FrameResult) -> None:
        """Take a new picture; it is encoded now if somebody watches who wants it so soon, else when somebody asks."""
        self._newest, self._arrived = result, time.monotonic()
        rates = self._rates
        if rates and self._pace.is_due(self._arrived, 0 if 0 in rates else max(rates, default=0)):
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
                for tell in self._told:
                    tell()
            return self._jpeg[1]

    def clear(self) -> None:
        """Forget the picture, as before the first: nobody may see it any more."""
        with self._encoding, self._changed:
            self._newest = self._jpeg = None

    def tell(self, ready: Callable[[], None]) -> None:
        """Have a function called whenever a picture was encoded, by whoever did it; it must not wait."""
        with self._changed:
            self._told += (ready,)

    def tell_no_more(self, ready: Callable[[], None]) -> None:
        """Don't call it any longer."""
        with self._changed:
            self._told = tuple(each for each in self._told if each != ready)

    def next_jpeg(self, seen: int, timeout: float) -> tuple[int, bytes | None]:
        """The newest encoded picture whose number is above ``seen``, waiting for one, and its number.

        After ``timeout`` seconds the one already seen is given again, or None before the first.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._number > seen, timeout)
            return self._number, None if self._jpeg is None else self._jpeg[1]

    @property
    def watching(self) -> int:
        """How many watch now."""
        return len(self._rates)

    def enter(self, fps: float = 0) -> bool:
        """Somebody wants to watch; False if there are as many as may be.

        Args:
            fps: pictures a second that are enough; 0: all. As many are encoded as the keenest wants.
        """
        with self._changed:
            if self._closed or self.watching >= self._most:
                return False
            self._rates = [*self._rates, fps]
            return True

    def leave(self, fps: float = 0) -> None:
        """Who entered, with this rate, is gone."""
        with self._changed:
            rates = list(self._rates)
            rates.remove(fps)
            self._rates = rates

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
        if self._boxes:
            image = draw(image, detections, caption(result))
        try:
            good, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, self._quality])
        except cv2.error:
            good = False
        if not good:
            size = f"{columns}x{rows}"
            raise OutputError(f"live picture: {size} pixels are more than a JPEG holds; set {self._setting}")
        return data.tobytes()
