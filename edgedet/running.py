"""Finds the programs that run with a settings file, and asks them something by a signal: see :mod:`edgedet.pidfile`."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from edgedet.errors import EdgedetError
from edgedet.pidfile import Answer, folders, remove, started, whole

_POLL = 0.05


@dataclass(frozen=True, slots=True)
class Running:
    """A process that runs with a settings file.

    Attributes:
        pid: its number.
        path: its file.
    """

    pid: int
    path: Path

    def ask(self, number: signal.Signals = signal.SIGHUP, seconds: float = 5) -> Answer:
        """Send it a signal and wait for what it says.

        Args:
            number: the signal.
            seconds: how long to wait.

        Raises:
            EdgedetError: it can't be signalled, ended, or said nothing in time.
        """
        waiting = self.path.with_suffix(".answer")
        try:
            waiting.unlink(missing_ok=True)
            os.kill(self.pid, number)
        except PermissionError:
            raise EdgedetError(f"process {self.pid}: runs as another user; ask as that one, or with sudo") from None
        except ProcessLookupError:
            raise EdgedetError(f"process {self.pid}: it has just ended; start it again") from None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            time.sleep(_POLL)
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                content = json.loads(waiting.read_text(encoding="utf-8"))
                return Answer(bool(content["ok"]), tuple(map(str, content["lines"])))
        raise EdgedetError(f"process {self.pid}: no answer within {seconds:g} s; its log says what it is doing")


def running(settings: Path, places: Sequence[Path] | None = None) -> list[Running]:
    """The processes that run with a settings file; what ended ones left behind is removed.

    Args:
        settings: the settings file.
        places: the folders to look in; None: :func:`folders`.
    """
    found: dict[int, Running] = {}
    for folder in folders() if places is None else places:
        for path in _listed(folder):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                content = json.loads(path.read_text(encoding="utf-8"))
                pid = int(content["pid"])
                if not _is(pid, content["started"], path):
                    remove(path)
                elif content["settings"] == str(whole(settings)):
                    found.setdefault(pid, Running(pid, path))
    return list(found.values())


def _is(pid: int, since: object, path: Path) -> bool:
    """Whether the process is the one that wrote the file: as old, and its owner's. Else any could be named there."""
    return since is not None and started(pid) == since and Path(f"/proc/{pid}").stat().st_uid == path.stat().st_uid


def _listed(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):  # not there, or not for us
        yield from sorted(folder.glob("*.json"))
