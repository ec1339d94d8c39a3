"""What a request carries: a stretch of a file or of memory, at the pace that is allowed."""

from __future__ import annotations

import hashlib
import threading
import time
from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Self

PART = 8 << 20
"""Bytes of a part; what is no larger is sent at once. S3 takes parts of 5 MiB to 5 GiB, 10,000 at most."""
_BLOCK = 1 << 16


class Stopped(Exception):
    """The uploader is to end: no fault of anybody's."""


class Pace:
    """Lets through so many bytes a second, of all requests together.

    Args:
        mbit: megabits a second; 0: any.
        stop: set: every wait ends in :class:`Stopped`.
    """

    def __init__(self, mbit: float, stop: threading.Event) -> None:
        self._per_second, self._stop = mbit * 1e6 / 8, stop
        self._free_at = 0.0

    def take(self, size: int) -> None:
        """Wait until so many bytes may go."""
        if self._per_second:
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + size / self._per_second
            self._stop.wait(self._free_at - now)
        if self._stop.is_set():
            raise Stopped


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes to be sent, with their digests.

    Attributes:
        source: the file, or the bytes themselves.
        size: how many.
        sha256: of all, in hex.
        parts: SHA-256 of each part of :data:`PART` bytes.
    """

    source: Path | bytes
    size: int
    sha256: str
    parts: tuple[bytes, ...]

    @classmethod
    def of(cls, source: Path | bytes) -> Self:
        """Read it through once.

        Raises:
            OSError: it can't be read.
        """
        whole, parts, size = hashlib.sha256(), [], 0
        with _open(source) as file:
            while size == 0 or size % PART == 0:
                part, before = hashlib.sha256(), size
                while size - before < PART and (block := file.read(min(_BLOCK, PART - size + before))):
                    whole.update(block)
                    part.update(block)
                    size += len(block)
                if size == before:
                    break
                parts.append(part.digest())
        return cls(source, size, whole.hexdigest(), tuple(parts))

    @property
    def checksum(self) -> str:
        """As S3 gives it: of the whole, or of the parts' digests and their number, in base 64."""
        if len(self.parts) <= 1:
            return b64encode(bytes.fromhex(self.sha256)).decode()
        return f"{b64encode(hashlib.sha256(b''.join(self.parts)).digest()).decode()}-{len(self.parts)}"

    def part(self, number: int) -> tuple[int, int]:
        """Where a part begins, counted from 0, and how long it is."""
        return number * PART, min(PART, self.size - number * PART)


class Body:
    """A stretch of some content as urllib3 reads it: again from its beginning each time it is opened.

    Args:
        content: what is sent.
        begin, size: which bytes of it.
        pace: how fast.
    """

    def __init__(self, content: Content, begin: int, size: int, pace: Pace) -> None:
        self._file = _open(content.source)
        self._file.seek(begin)
        self._left, self._pace = size, pace

    def read(self, most: int = -1) -> bytes:
        """The next bytes; a file that has become shorter ends early, and the request fails."""
        block = self._file.read(min(self._left, most if most >= 0 else self._left))
        self._left -= len(block)
        self._pace.take(len(block))
        return block

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _open(source: Path | bytes) -> BinaryIO:
    return BytesIO(source) if isinstance(source, bytes) else source.open("rb")
