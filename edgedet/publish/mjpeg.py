"""The live picture over HTTP: motion JPEG, for any number of browsers at the price of one."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import cv2
import imutils

from edgedet.config import MjpegConfig
from edgedet.errors import OutputError
from edgedet.publish.http import LiveServer
from edgedet.publish.overlay import caption, draw
from edgedet.types import FrameResult

log = logging.getLogger(__name__)


class MjpegPublisher:
    """Serves the annotated picture; see :mod:`edgedet.publish.http` for the addresses.

    A frame is drawn and encoded once, however many watch, and not at all when nobody does. A viewer that reads
    slowly skips frames; nobody waits for it.

    Args:
        config: where to listen, quality, size, how many viewers.

    Attributes:
        url: the page's address, once open.
        encoded: how many frames were encoded.
    """

    name = "mjpeg"

    def __init__(self, config: MjpegConfig) -> None:
        self.config = config
        self.url = ""
        self.encoded = 0
        self._server: LiveServer | None = None
        self._newest: FrameResult | None = None
        self._jpeg: tuple[FrameResult, bytes] | None = None
        self._number = 0
        self._viewers = 0
        self._closing = False
        self._changed = threading.Condition()
        self._encoding = threading.Lock()

    def open(self) -> None:
        """Start listening. Raises OutputError if the address can't be had."""
        self._closing = False
        try:
            self._server = LiveServer(self)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            where = f"{self.config.host}:{self.config.port}"
            raise OutputError(
                f"live picture on {where}: {reason.lower()}; choose another with --host or --port (0: any free one)"
            ) from None
        self.url = self._server.url
        self._server.start()
        log.info("live picture: %s", self.url)

    def publish(self, result: FrameResult) -> None:
        """Take the newest frame, and encode it if anybody is watching."""
        with self._changed:
            self._newest = result
            watched = self._viewers > 0
        if watched:
            self._encode(result)
            with self._changed:
                self._number += 1
                self._changed.notify_all()

    def close(self) -> None:
        """Stop listening and end every viewer's stream."""
        server, self._server = self._server, None
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if server is not None:
            server.stop()

    def enter(self) -> bool:
        """A viewer wants to watch; False if there are as many as may be."""
        with self._changed:
            if self._viewers >= self.config.max_clients:
                return False
            self._viewers += 1
            return True

    def leave(self) -> None:
        """A viewer is gone."""
        with self._changed:
            self._viewers -= 1

    def next_jpeg(self, seen: int) -> tuple[int, bytes] | None:
        """The newest encoded frame with a number above ``seen``, waiting for it; None when closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._number > seen)
            if self._closing or self._jpeg is None:
                return None
            return self._number, self._jpeg[1]

    def snapshot(self) -> bytes | None:
        """The newest frame as JPEG, encoded now if it wasn't yet; None before the first."""
        newest = self._newest
        return None if newest is None else self._encode(newest)

    def health(self) -> dict[str, Any]:
        """How the live picture is doing: ``fps``, ``frame_age_s`` (null before the first frame), ``viewers``."""
        newest = self._newest
        age = None if newest is None else round(time.monotonic() - newest.frame.monotonic, 3)
        return {"fps": round(newest.fps, 2) if newest else 0.0, "frame_age_s": age, "viewers": self._viewers}

    def _encode(self, result: FrameResult) -> bytes:
        with self._encoding:  # a snapshot asked for meanwhile takes the same bytes
            if self._jpeg is not None and self._jpeg[0] is result:
                return self._jpeg[1]
            image, detections = result.frame.image, result.detections
            width = self.config.width
            if width and image.shape[1] > width:
                smaller = imutils.resize(image, width=width)
                detections = detections.scale(width / image.shape[1], smaller.shape[0] / image.shape[0])
                image = smaller
            picture = draw(image, detections, caption(result))
            _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, self.config.quality])
            self._jpeg = (result, data.tobytes())
            self.encoded += 1
            return self._jpeg[1]
