"""Events in a real store, with clips that play."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from edgedet.event import Event, Phase
from edgedet.events.places import Kept, Kind, Places
from edgedet.events.store import Store

TODAY = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
VERDICTS = [{"condition": "threshold", "passed": True, "seen": "best score 0.90", "wanted": "0.6 or more, once"}]
SIZE = (160, 90)


def event(number: int = 0, phase: Phase = "end", camera: str = "camera", **values: Any) -> Event:
    """The event that began so many minutes after three hours ago, and lasted six seconds."""
    started = TODAY + timedelta(minutes=number)
    made = Event(
        id=f"{started:%Y%m%d-%H%M%S}.000-{camera}-{number % 65536:04x}",
        camera=camera,
        label="person",
        rule="person",
        phase=phase,
        started=started,
        ended=started + timedelta(seconds=6) if phase == "end" else None,
        begin=1000.0 + 60 * number,
        end=1006.0 + 60 * number,
        best_score=0.9,
        best_box=(0.4, 0.3, 0.5, 0.8),
        best_at=1003.0 + 60 * number,
        track_id=number + 1,
    )
    return dataclasses.replace(made, **values)


def walk(of: Event, begin: float = 0.1, end: float = 0.9, foot: float = 0.8) -> list[list[float]]:
    """A track from left to right, a row every 0.2 s."""
    steps = int((of.end - of.begin) / 0.2)
    places = np.linspace(begin, end, steps + 1).round(4).tolist()
    return [
        [round(of.begin + 0.2 * n, 3), round(x - 0.05, 4), round(foot - 0.5, 4), round(x + 0.05, 4), foot, 0.85]
        for n, x in enumerate(places)
    ]


def put(store: Store, of: Event, files: bool = True, track: list[list[float]] | None = None) -> Event:
    """Keep an event from its start on; with clip and pictures, if it has ended."""
    store.put(dataclasses.replace(of, phase="start", ended=None))
    if of.phase == "end":
        store.put(of, {"track": track if track is not None else walk(of), "verdicts": VERDICTS})
        for kind in ("clip", "snapshot", "clean", "thumbnail") if files else ():
            store.kept(write(store.places, of, kind))  # type: ignore[arg-type]
    return of


def write(places: Places, of: Event, kind: Kind) -> Kept:
    """A real file of an event."""
    path = places.file(of.id, kind)
    if kind == "clip":
        film(path, seconds=1)
    else:
        cv2.imwrite(str(path), picture(7))
    return Kept(of.id, kind, path, path.stat().st_size, of.begin - 2, 1.0 if kind == "clip" else 0.0)


def film(path: Path, seconds: int) -> None:
    """An MP4 that plays."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number in range(10 * seconds):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(number), format="bgr24")))
        container.mux(stream.encode(None))


def picture(number: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Noise, so that files have some size."""
    return np.random.default_rng(number).integers(0, 255, (SIZE[1], SIZE[0], 3), np.uint8)
