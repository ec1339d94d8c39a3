"""How a command finds the program that runs with a settings file, and gets an answer from it.

A running edgedet leaves ``PID.json`` in a folder of the system's for such things, and writes its answer to a signal
beside it, as ``PID.answer``.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a running program said to a signal.

    Attributes:
        ok: whether it did what it was asked to.
        lines: what it did, or why not.
    """

    ok: bool
    lines: tuple[str, ...]


def folders(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Where such files may be, the likeliest first: systemd's for the service, the user's, the system's, a last one."""
    given = [Path(each) for each in environ.get("RUNTIME_DIRECTORY", "").split(":") if each]
    if environ.get("XDG_RUNTIME_DIR"):
        given.append(Path(environ["XDG_RUNTIME_DIR"], "edgedet"))
    return [*given, Path("/run/edgedet"), Path(tempfile.gettempdir(), f"edgedet-{os.geteuid()}")]


class PidFile:
    """Says, while the context lasts, that this process runs with a settings file.

    Enter it only when the process handles SIGHUP: until then that signal would end it. Where no such file can be
    written the program runs all the same; that it can't be reloaded by command is logged.

    Args:
        settings: the settings file.
        places: the folders to try, in order; None: :func:`folders`.
    """

    def __init__(self, settings: Path, places: Sequence[Path] | None = None) -> None:
        self._settings = settings
        self._places = folders() if places is None else places
        self._path: Path | None = None

    def __enter__(self) -> Self:
        pid = os.getpid()
        content = {"pid": pid, "started": started(pid), "settings": str(whole(self._settings))}
        for folder in self._places:
            with contextlib.suppress(OSError):
                folder.mkdir(mode=0o700, exist_ok=True)
                if folder.stat().st_uid == os.geteuid():
                    _write(folder / f"{pid}.json", content)
                    self._path = folder / f"{pid}.json"
                    return self
        log.warning("%s: none can be written to; edgedet reload won't find this process", _list(self._places))
        return self

    def answer(self, answer: Answer) -> None:
        """Tell whoever sent the signal what came of it."""
        if self._path is None:
            return
        try:
            _write(self._path.with_suffix(".answer"), {"ok": answer.ok, "lines": answer.lines})
        except OSError as error:
            log.warning("%s: can't be written (%s)", self._path.with_suffix(".answer"), error.strerror)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path is not None:
            remove(self._path)


def started(pid: int) -> int | None:
    """When a process began, in clock ticks since boot, as in ``proc_pid_stat(5)``; None: there is none.

    A number of an ended process is given away again; together with this it isn't. Unlike a time of day it doesn't
    change when the clock is set.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[19])


def whole(settings: Path) -> Path:
    """The same file from any folder; a link in its folder stays, for it may be turned to another file."""
    return settings.parent.resolve() / settings.name


def _write(path: Path, content: Mapping[str, object]) -> None:
    """In one step: nobody ever reads half of it."""
    half = path.with_name(f".{path.name}")
    half.write_text(json.dumps(content), encoding="utf-8")
    half.replace(path)


def remove(path: Path) -> None:
    """Take away a process's file, and its answer."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        path.with_suffix(".answer").unlink(missing_ok=True)


def _list(places: Sequence[Path]) -> str:
    return ", ".join(map(str, places))
