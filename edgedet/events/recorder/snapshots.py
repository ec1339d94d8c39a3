"""The pictures of an event: annotated, clean and small."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2

from edgedet.disk import write_durably
from edgedet.drawing.overlay import draw
from edgedet.events.change import Change
from edgedet.events.places import Kept, Kind, Places
from edgedet.types import Detections, Frame, Image

THUMBNAIL = 320
"""Most pixels of a thumbnail's longer side."""

FIRST_AFTER, AGAIN_AFTER = 2.0, 15.0
"""Seconds after which an event's first picture is written although the event goes on, and a better one over it: an
object that comes nearer has a better one with every step, and a card only so many writes."""

PENDING_MOST = 16
"""Events whose pictures wait in memory; of more, the oldest lose theirs."""


@dataclass(slots=True)
class _Best:
    frame: Frame | None
    detections: Detections | None
    due: float
    ended: bool = False


class Snapshots:
    """Keeps the best picture of each event until it is worth writing. :meth:`note` is the keeper's thread's.

    Args:
        places: where they go.
        quality: of the JPEGs, 1 to 100.

    Attributes:
        lost: events whose picture was given up while the disk was in trouble.
    """

    def __init__(self, places: Places, quality: int) -> None:
        self.lost = 0
        self._places, self._quality = places, quality
        self._best: dict[str, _Best] = {}
        self._lock = threading.Lock()

    def note(self, change: Change) -> None:
        """Take an event's news, and its picture if there is a new one."""
        event, now = change.event, time.monotonic()
        with self._lock:
            best = self._best.get(event.id)
            if best is None:
                best = self._best[event.id] = _Best(None, None, now + FIRST_AFTER)
            if change.picture is not None:
                best.frame, best.detections = change.picture, change.detections
            best.ended = best.ended or event.phase == "end"
            if best.ended:
                best.due = now
                if best.frame is None:
                    del self._best[event.id]
            waiting = [name for name, each in self._best.items() if each.frame is not None]
            for name in waiting[:-PENDING_MOST]:
                self._best[name].frame = None
                self.lost += 1

    def due(self, everything: bool = False) -> list[str]:
        """The events whose picture is to be written now; of all that wait if ``everything``."""
        now = time.monotonic()
        with self._lock:
            return [
                name for name, best in self._best.items() if best.frame is not None and (everything or best.due <= now)
            ]

    def write(self, event_id: str, make_folder: Callable[[Path], Path]) -> list[Kept]:
        """Write an event's pictures, each all or not at all.

        Raises:
            OSError: they can't be written; they wait on.
        """
        with self._lock:
            best = self._best[event_id]
            frame, detections = best.frame, best.detections
        if frame is None:
            return []
        make_folder(self._places.folder(event_id))
        kept = []
        for kind, data in _jpegs(frame, detections, self._quality):
            path = self._places.file(event_id, kind)
            write_durably(path, data)
            kept.append(Kept(event_id, kind, path, len(data), frame.elapsed))
        with self._lock:
            if best.frame is frame:
                best.frame = best.detections = None
            best.due = time.monotonic() + AGAIN_AFTER
            if best.ended and best.frame is None:
                self._best.pop(event_id, None)
        return kept


def _jpegs(frame: Frame, detections: Detections | None, quality: int) -> Iterator[tuple[Kind, bytes]]:
    image = frame.image
    annotated = draw(image, detections) if detections is not None else image
    yield "snapshot", _jpeg(annotated, quality)
    yield "clean", _jpeg(image, quality)
    shrink = THUMBNAIL / max(image.shape[:2])
    if shrink < 1:
        size = max(1, round(frame.width * shrink)), max(1, round(frame.height * shrink))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]  # uint8 stays uint8
    yield "thumbnail", _jpeg(image, quality)


def _jpeg(image: Image, quality: int) -> bytes:
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])
