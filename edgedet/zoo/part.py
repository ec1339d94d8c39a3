"""A download that isn't whole yet: the bytes so far, and whether a rest would fit them.

The bytes are in ``NAME.part``; ``NAME.part.from`` remembers where they are from and the server's validator for them
(its ``ETag`` or ``Last-Modified``), so that a later run can go on too.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from edgedet.errors import ModelError, OutputError


@contextmanager
def open_part(path: Path, url: str) -> Iterator[Part]:
    """The download of ``url`` in ``path``, begun or new, locked against another program that does the same.

    Raises:
        ModelError: another program is at it.
        OutputError: it can't be written.
    """
    try:
        with FileIO(path, "a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part = Part(path, url, file)
            try:
                yield part
            finally:
                if not part.have:
                    forget(path)
    except BlockingIOError:
        raise ModelError(f"{path}: being downloaded by another program; wait for it to end") from None
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(
            f"{path}: can't be written ({error.strerror}); make room or choose another folder (--to)"
        ) from None


def forget(path: Path) -> None:
    """Remove what a download left."""
    path.unlink(missing_ok=True)
    _notes(path).unlink(missing_ok=True)


class Part:
    """The bytes that are here.

    Attributes:
        have: how many.
        earlier: whether some of them were here before this run.
        validator: what the server calls the version they are of; empty: nobody could tell whether a rest fits.
    """

    def __init__(self, path: Path, url: str, file: FileIO) -> None:
        self.path, self.have = path, file.seek(0, os.SEEK_END)
        self._url, self._file = url, file
        self.earlier = self.have > 0
        self.validator = self._remembered()

    def start_again(self) -> None:
        """Throw the bytes away."""
        _notes(self.path).unlink(missing_ok=True)
        self._file.truncate(0)
        self.have, self.earlier, self.validator = 0, False, ""

    def remember(self, validator: str) -> None:
        """Keep what the bytes to come are a version of."""
        _notes(self.path).write_text(json.dumps({"url": self._url, "validator": validator}))
        self.validator = validator

    def append(self, chunk: bytes) -> None:
        """Add bytes at the end.

        Raises:
            OSError: there is no room for them.
        """
        view = memoryview(chunk)
        while view:  # a nearly full disk takes some, then says no
            written = self._file.write(view)
            self.have += written
            view = view[written:]

    def room(self) -> int:
        """Free bytes where they are kept."""
        disk = os.fstatvfs(self._file.fileno())
        return disk.f_bavail * disk.f_frsize

    def sync(self) -> None:
        """Return when a power cut can't take them any more."""
        os.fsync(self._file.fileno())

    def _remembered(self) -> str:
        try:
            notes = json.loads(_notes(self.path).read_text())
            return str(notes["validator"]) if notes["url"] == self._url else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""


def _notes(path: Path) -> Path:
    return path.with_name(path.name + ".from")
