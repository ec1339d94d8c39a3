"""The best picture of each event that is told of, until it is sent."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import cv2

from edgedet.drawing.overlay import draw
from edgedet.types import Detections, Frame

WIDTH, QUALITY = 1280, 80
"""Of the JPEG: about 100 kB, which every service takes and a phone shows at once."""
_MOST = 64


@dataclass(slots=True)
class _Shown:
    jpeg: bytes | None
    due: float
    ended: bool = False


class Pictures:
    """The newest picture, which is the best, of each event; in memory, of 64 events at most.

    Args:
        wait: seconds after its start until which a better picture is waited for.
    """

    def __init__(self, wait: float) -> None:
        self._wait = wait
        self._shown: dict[str, _Shown] = {}
        self._changed = threading.Condition()

    def begin(self, event_id: str) -> None:
        """An event started: its picture is waited for from now on."""
        now = time.monotonic()
        with self._changed:
            self._shown = {name: each for name, each in self._shown.items() if not (each.ended and each.due < now)}
            for name in list(self._shown)[: len(self._shown) - _MOST + 1]:
                del self._shown[name]
            self._shown[event_id] = _Shown(None, now + self._wait)

    def awaited(self, event_id: str) -> bool:
        """Whether a start that was told lately waits for a better picture."""
        with self._changed:
            return event_id in self._shown and time.monotonic() < self._shown[event_id].due

    def put(self, event_id: str, jpeg: bytes) -> None:
        """Take a better one."""
        with self._changed:
            if event_id in self._shown:
                self._shown[event_id].jpeg = jpeg

    def newest(self, event_id: str) -> bytes | None:
        """The best so far, if there is one here."""
        with self._changed:
            return self._shown[event_id].jpeg if event_id in self._shown else None

    def end(self, event_id: str) -> bytes | None:
        """The event ended, there will be no better one; the best, if there is one here."""
        with self._changed:
            if (shown := self._shown.get(event_id)) is None:
                return None
            shown.ended, shown.due = True, time.monotonic() + self._wait
            self._changed.notify_all()
            return shown.jpeg

    def best(self, event_id: str) -> bytes | None:
        """The best, as soon as no better one is waited for; None: there is none here."""
        with self._changed:
            shown = self._shown.get(event_id)
            while shown is not None and not shown.ended and (left := shown.due - time.monotonic()) > 0:
                self._changed.wait(left)
            return shown.jpeg if shown is not None else None

    def close(self) -> None:
        """Wait no longer."""
        with self._changed:
            for shown in self._shown.values():
                shown.ended = True
            self._changed.notify_all()


def encode(frame: Frame, found: Detections | None) -> bytes:
    """A frame as a JPEG of at most 1,280 pixels across, with a box around each object.

    Args:
        frame: the picture.
        found: what is in it, in its pixels; None: nothing is drawn.
    """
    image, scale = frame.image, min(1.0, WIDTH / frame.width)
    if scale < 1:
        size = round(frame.width * scale), max(1, round(frame.height * scale))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]  # uint8 stays uint8
    if found is not None:
        image = draw(image, found.scale(scale, scale))
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])
