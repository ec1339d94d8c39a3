"""What lies in an event's folder, and what of it is ours."""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from edgedet.events.places import NAMES, Kind, Places

_ID = re.compile(r"\d{8}-\d{6}\.\d{3}-[\w-]+")
_STEMS = {name.partition(".")[0] for name in (*NAMES.values(), "event.json")}
_KINDS: dict[str, Kind] = {name: kind for kind, name in NAMES.items()}


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of an event's folder.

    Attributes:
        sidecar: whether ``event.json`` is there.
        sizes: bytes of each finished file.
        unfinished: names of files that are being written, or were when somebody pulled the plug.
    """

    sidecar: bool
    sizes: dict[Kind, int]
    unfinished: tuple[str, ...]


def is_event_folder(path: Path) -> bool:
    """Whether it is named as we name them, and no link to elsewhere."""
    return _ID.fullmatch(path.name) is not None and path.is_dir() and not path.is_symlink()


def is_unfinished(name: str) -> bool:
    """Whether a file's name is a temporary one of ours: ``clip.part.mp4``, ``.clip.mp4.tmp``, ``.event.json.tmp``."""
    return name.lstrip(".").partition(".")[0] in _STEMS and name not in _KINDS and name != "event.json"


def listing(folder: Path) -> Listing:
    """Look into an event's folder; one that isn't there is empty.

    Raises:
        OSError: it can't be read.
    """
    sidecar = False
    sizes: dict[Kind, int] = {}
    unfinished = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_file(follow_symlinks=False):
                    continue
                if entry.name in _KINDS:
                    sizes[_KINDS[entry.name]] = entry.stat().st_size
                elif is_unfinished(entry.name):
                    unfinished.append(entry.name)
                sidecar = sidecar or entry.name == "event.json"
    except FileNotFoundError:
        pass
    return Listing(sidecar, sizes, tuple(sorted(unfinished)))


def is_being_written(found: Listing) -> bool:
    """Whether a clip or picture is still under way."""
    return any(not name.lstrip(".").startswith("event.") for name in found.unfinished)


def remove_files(places: Places, event_id: str) -> None:
    """Remove what is ours of an event, its sidecar last: while that is there, so is the event.

    Raises:
        OSError: something can't be removed.
    """
    folder = places.folder(event_id)
    found = listing(folder)
    for name in (*found.unfinished, *(NAMES[kind] for kind in found.sizes), "event.json"):
        (folder / name).unlink(missing_ok=True)
    remove_empty(folder, places.root / "events")


def remove_empty(folder: Path, top: Path) -> None:
    """Remove a folder and those above it, up to ``top``, as far as they are empty."""
    while folder != top and folder.is_relative_to(top):
        with contextlib.suppress(FileNotFoundError):
            try:
                folder.rmdir()
            except OSError:  # something lies in it
                return
        folder = folder.parent
