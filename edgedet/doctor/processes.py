"""Which processes run edgedet, and which one holds a file; from ``/proc``, see ``proc(5)``."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from edgedet.doctor.context import Context


def own(context: Context) -> dict[int, list[str]]:
    """The processes that are ``edgedet run``: their command lines, by number."""
    found = {}
    for folder in _all(context):
        try:
            words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").rstrip("\0").split("\0")
        except OSError:
            continue
        for before, word in pairwise(words):
            if word == "run" and (before == "edgedet" or before.endswith(("/edgedet", "/edgedet/__main__.py"))):
                found[int(folder.name)] = words
    return found


def name(context: Context, pid: int) -> str:
    """What a process is called: ``rpicam-vid (process 812)``."""
    return f"{context.text(f'proc/{pid}/comm') or 'something'} (process {pid})"


def holders(context: Context, target: str) -> list[int]:
    """The processes that have a file or socket open, as far as we may see.

    Args:
        context: where ``/proc`` is.
        target: as the links in ``/proc/PID/fd`` call it: ``/dev/video0`` or ``socket:[4711]``.
    """
    return [int(folder.name) for folder in _all(context) if target in _open_files(folder)]


def lockers(context: Context, path: Path) -> list[int]:
    """The processes that hold a POSIX lock on a file: libcamera locks the media devices of a camera in use."""
    try:
        stat = path.stat()
    except OSError:
        return []
    file = f"{os.major(stat.st_dev):02x}:{os.minor(stat.st_dev):02x}:{stat.st_ino}"
    found = []
    for line in (context.text("proc/locks") or "").splitlines():
        words = line.split()
        if len(words) >= 6 and words[1] == "POSIX" and words[5] == file:
            found.append(int(words[4]))
    return found


def _open_files(folder: Path) -> set[str]:
    links = set()
    with contextlib.suppress(OSError):
        for link in (folder / "fd").iterdir():
            with contextlib.suppress(OSError):
                links.add(str(link.readlink()))
    return links


def _all(context: Context) -> Iterator[Path]:
    return (folder for folder in (context.root / "proc").glob("[0-9]*") if folder.name.isdecimal())
