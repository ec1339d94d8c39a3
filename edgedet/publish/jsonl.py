"""One JSON line a frame, to a file or standard output."""

from __future__ import annotations

import json
import os
import sys
from typing import IO

from edgedet.errors import OutputError
from edgedet.types import FrameResult


class JsonlPublisher:
    """Writes :meth:`FrameResult.to_dict` of each result, a line at a time.

    A file is added to, never overwritten: a restart loses nothing. A line that couldn't be written whole is taken
    back.

    Args:
        target: a file's path; ``-``: standard output.
    """

    name = "jsonl"

    def __init__(self, target: str) -> None:
        self._target = target
        self._file: IO[bytes] | None = None

    def open(self) -> None:
        """Open the file for adding lines. Raises OutputError."""
        if self._target == "-":
            self._file = sys.stdout.buffer
            return
        try:
            self._file = open(self._target, "ab", buffering=0)  # noqa: SIM115, PTH123 - closed by close()
        except OSError as error:
            raise self._failed(error) from None

    def publish(self, result: FrameResult) -> None:
        """Write one line. Raises OutputError."""
        if self._file is None:
            return
        line = json.dumps(result.to_dict(), ensure_ascii=False).encode() + b"\n"
        if self._target == "-":
            self._file.write(line)
            self._file.flush()
            return
        end = os.fstat(self._file.fileno()).st_size
        try:
            written = self._file.write(line)
            if written != len(line):  # a full disk takes what fits, and says so only the next time
                self._file.write(line[written:])
        except OSError as error:
            os.ftruncate(self._file.fileno(), end)
            raise self._failed(error) from None

    def close(self) -> None:
        """Close the file."""
        file, self._file = self._file, None
        if file is not None and self._target != "-":
            file.close()

    def _failed(self, error: OSError) -> OutputError:
        return OutputError(f"{self._target}: JSON lines can't be written ({error.strerror}); choose another place")
