"""One JSON line a frame, to a file or standard output."""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import IO

from edgedet.disk import disk_error
from edgedet.errors import OutputError
from edgedet.types import FrameResult

_ENCODER = json.JSONEncoder(ensure_ascii=False)  # json.dumps makes one for each line


class JsonlPublisher:
    """Writes :meth:`FrameResult.to_dict` of each result, a line at a time, each line at once.

    A file is added to, never overwritten: a restart loses nothing. A line that couldn't be written whole, because
    the disk was full, is taken back; a half line that a power cut left is ended before the next one.

    Args:
        target: a file's path; ``-``: standard output.
    """

    name = "jsonl"

    def __init__(self, target: str) -> None:
        self._target = target
        self._file: IO[bytes] | None = None
        self._regular = False

    def open(self) -> None:
        """Open the file for adding lines; it is made if it isn't there, its folder isn't. Raises OutputError."""
        if self._target == "-":
            self._file = sys.stdout.buffer
            return
        try:
            self._file = open(self._target, "ab", buffering=0)  # noqa: SIM115, PTH123 - closed by close()
            self._regular = stat.S_ISREG(os.fstat(self._file.fileno()).st_mode)
            if self._regular and not _ends_whole(self._target):
                self._file.write(b"\n")
        except OSError as error:
            self.close()
            raise disk_error(self._target, error) from None

    def publish(self, result: FrameResult) -> None:
        """Write one line.

        Raises:
            OutputError: the disk is full or gone.
            BrokenPipeError: whoever read the lines has gone, as ``| head`` does: time to end, quietly.
        """
        if self._file is None:
            return
        line = _ENCODER.encode(result.to_dict()).encode() + b"\n"
        try:
            if self._target == "-":
                self._file.write(line)
                self._file.flush()
            else:
                self._append(self._file, line)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._failed(error) from None

    def _append(self, file: IO[bytes], line: bytes) -> None:
        end = os.fstat(file.fileno()).st_size
        rest = memoryview(line)
        try:
            while rest:  # a full disk takes what fits, and says so only the next time
                rest = rest[file.write(rest) :]
        except OSError:
            if self._regular:
                os.ftruncate(file.fileno(), end)
            raise

    def close(self) -> None:
        """Close the file; standard output stays open."""
        file, self._file = self._file, None
        if file is not None and self._target != "-":
            file.close()

    def _failed(self, error: OSError) -> OutputError:
        if self._target != "-":
            return disk_error(self._target, error)
        # what stays in its buffer would be tried, and complained about, once more at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return disk_error("standard output", error)


def _ends_whole(path: str) -> bool:
    """Whether a file is empty or ends with a line's end."""
    with open(path, "rb") as file:  # noqa: PTH123 - as it was opened for writing
        if not file.seek(0, os.SEEK_END):
            return True
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"
