"""An event as a file of its own, beside its clip: what the database can be rebuilt from."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgedet.disk import write_durably
from edgedet.event import Event
from edgedet.events.places import NAMES, Kept, Kind, Places
from edgedet.events.store.disk import make_folder

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What ``event.json`` holds.

    Attributes:
        event: as it was when this was written.
        record: what :attr:`edgedet.events.change.Change.record` gave: ``track``, ``verdicts``.
        kept: whether it is marked to be kept.
        files: those that were finished by then.
    """

    event: Event
    record: Mapping[str, Any] = field(default_factory=dict)
    kept: bool = False
    files: tuple[Kept, ...] = ()


def read_sidecar(path: Path) -> Sidecar:
    """Read it.

    Raises:
        OSError: it can't be read.
        ValueError: it isn't one, or another event's.
    """
    try:
        content = json.loads(path.read_bytes())
        event = Event.from_dict(content["event"])
        files = tuple(_file(event.id, path.parent, each) for each in content["files"])
        sidecar = Sidecar(event, dict(content["record"]), bool(content["kept"]), files)
    except (KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(f"{path}: not an event's file ({type(error).__name__}: {error})") from None
    if event.id != path.parent.name:
        raise ValueError(f"{path}: the file of another event, {event.id}")
    return sidecar


def write_sidecar(places: Places, sidecar: Sidecar) -> int:
    """Write it for good.

    Returns:
        Its size in bytes.

    Raises:
        OSError: it can't be written.
    """
    files = [
        {"kind": each.kind, "size": each.size, "begin": each.begin, "seconds": each.seconds} for each in sidecar.files
    ]
    content = {
        "version": _VERSION,
        "event": sidecar.event.to_dict(),
        "kept": sidecar.kept,
        "files": files,
        "record": dict(sidecar.record),
    }
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    make_folder(places.folder(sidecar.event.id), places.root)
    write_durably(places.sidecar(sidecar.event.id), data)
    return len(data)


def _file(event_id: str, folder: Path, values: Mapping[str, Any]) -> Kept:
    kind: Kind = values["kind"]
    size, begin, seconds = int(values["size"]), float(values["begin"]), float(values["seconds"])
    if not (math.isfinite(begin) and math.isfinite(seconds) and 0 <= size < 1 << 62):
        raise ValueError(f"{folder}: a file of {size} bytes, from {begin} s on, {seconds} s long")
    return Kept(event_id, kind, folder / NAMES[kind], size, begin, seconds)
