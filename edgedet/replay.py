"""The same pipeline over recorded film: which events these settings would have made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from edgedet.app import App
from edgedet.camera import Camera
from edgedet.capture.paths import open_paths
from edgedet.config import CameraConfig
from edgedet.errors import SourceError
from edgedet.event import Event
from edgedet.events.change import Change
from edgedet.inference.detector import Detector
from edgedet.privacy.masks import Masks
from edgedet.watcher import Watcher, limits_of

FILMS = {".mp4", ".mkv", ".mov", ".avi", ".webm", ".ts"}
"""Endings of the files that are taken from a folder."""


def films(path: Path) -> list[Path]:
    """The film a path names, or all that are in and below a folder, by name.

    Raises:
        SourceError: there is none.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise SourceError(f"{path}: no such file or folder; give a film, or a folder of them")
    found = sorted(each for each in path.rglob("*") if each.suffix.lower() in FILMS and not each.name.startswith("."))
    if not found:
        raise SourceError(f"{path}: no films in this folder ({' '.join(sorted(FILMS))}); give another")
    return found


def replay(film: Path, config: CameraConfig, detector: Detector) -> list[Event]:
    """The events of one film, each as it ended, in the order they began; times count from the film's beginning.

    Every frame is looked at, as fast as it goes.

    Args:
        film: a file.
        config: the camera's settings; its source doesn't matter.
        detector: finds the objects.

    Raises:
        SourceError: it isn't a film, or is broken.
        ConfigError: a setting names a label that the model doesn't know.
    """
    masks = Masks(config.privacy.masks)
    camera = Camera(
        open_paths([str(film)]),
        config.name,
        watcher=Watcher(config, detector.labels, live=False),
        cover=masks.cover if masks else None,
        limits=limits_of(config, detector.labels),
    )
    ended = _Ended()
    App([camera], detector, [], interval=0, keeping=ended).run()
    return sorted(ended.events, key=lambda event: event.begin)


class _Ended:
    """Takes the events that ended."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def threads(self) -> Mapping[str, Callable[[], None]]:
        return {}

    def put(self, changes: Sequence[Change]) -> None:
        self.events += [change.event for change in changes if change.event.phase == "end"]

    def close(self) -> float:
        return 0.0

    def report(self) -> dict[str, Any]:
        return {}
