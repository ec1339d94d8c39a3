"""A day of events: as bars for the page to draw, and drawn as a picture."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
from fastapi import HTTPException

from edgedet.events.day import Day, Entry
from edgedet.events.store import Query, StoredEvent, query
from edgedet.events.store.when import parse_span
from edgedet.events.timeline import PICTURES, draw
from edgedet.types import Image
from edgedet.web.eventmodels import DayEntry, DayModel, address

MOST = 5000
"""Events of a day that are shown."""
PATIENCE_S = 5.0
"""Seconds to wait for another picture to be drawn: one at a time, for they cost the detector's processor."""
_pencil = threading.Lock()


@dataclass(frozen=True, slots=True)
class Span:
    """A day.

    Attributes:
        begin, end: its first moment and that of the next, UTC.
        now: the time now.
    """

    begin: datetime
    end: datetime
    now: datetime


def span_of(text: str) -> Span:
    """The day that is meant: ``today``, ``yesterday``, ``monday`` or ``2026-11-20``, where the camera is.

    Raises:
        HTTPException: 422, no day is meant.
    """
    now = datetime.now(UTC)
    try:
        found = parse_span(text, now)
    except ValueError as error:
        raise HTTPException(422, f"day: {error}") from None
    if not timedelta(hours=22) <= found.end - found.begin <= timedelta(hours=26):
        raise HTTPException(422, f"day: {text!r} isn't one; write today, yesterday, monday or a date: 2026-11-20")
    return Span(found.begin, found.end, now)


def day_model(root: Path, span: Span, cameras: tuple[str, ...]) -> DayModel:
    """The day's events as bars.

    Raises:
        StoreError: they can't be read.
    """
    found = query(root, Query(since=span.begin, until=span.end, cameras=cameras))
    return DayModel(
        day=f"{span.begin.astimezone():%Y-%m-%d}",
        begin=span.begin,
        end=span.end,
        now=span.now,
        events=[_entry(stored) for stored in found[-MOST:]],
        left_out=max(0, len(found) - MOST),
    )


def day_picture(root: Path, span: Span, cameras: tuple[str, ...]) -> bytes:
    """The day as a PNG.

    Raises:
        HTTPException: 429, too many are asked for at once.
        StoreError: the events can't be read.
    """
    if not _pencil.acquire(timeout=PATIENCE_S):
        raise HTTPException(429, "timeline: other pictures are being drawn; try again in some seconds")
    try:
        found = query(root, Query(since=span.begin, until=span.end, cameras=cameras))[-MOST:]
        pictured = _thumbnails(found)
        entries = tuple(Entry(each.event, each.kept, pictured.get(each.event.id)) for each in found)
        return bytes(cv2.imencode(".png", draw(Day(span.begin, span.end, span.now, None, entries)))[1])
    finally:
        _pencil.release()


def _entry(stored: StoredEvent) -> DayEntry:
    event = stored.event
    return DayEntry(
        id=event.id,
        camera=event.camera,
        label=event.label,
        started=event.started,
        until=Entry(event).until,
        going_on=event.phase != "end",
        best_score=event.best_score,
        kept=stored.kept,
        thumbnail=address(event.id, "thumbnail") if stored.file("thumbnail") else None,
    )


def _thumbnails(found: Sequence[StoredEvent]) -> dict[str, Image]:
    """Pictures of the events with the best scores, by id: as many as are shown."""
    pictures: dict[str, Image] = {}
    for each in sorted(found, key=lambda each: each.event.best_score, reverse=True):
        file = each.file("thumbnail")
        image = cv2.imread(str(file.path), cv2.IMREAD_COLOR) if file is not None and file.path.is_file() else None
        if image is not None:
            pictures[each.event.id] = np.asarray(image, np.uint8)
        if len(pictures) == PICTURES:
            break
    return pictures
