"""A video file that plays up to its last finished fragment, whenever its writer dies."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import av
from av.error import FFmpegError

from edgedet.capture.tap import EncodedPacket, EncodedStream
from edgedet.events.recorder.track import Track
from edgedet.mp4 import WholeFile

FRAGMENT = 2.0
"""Seconds of a fragment: what a power cut may cost, and how often the card has to flush."""

_FRAGMENTS = "empty_moov+default_base_moof"
_PLAIN_AT_END = "hybrid_fragmented"


class GuardedFile(WholeFile):
    """Takes nothing more once writing has failed: what would follow the gap could only do harm.

    Attributes:
        failure: why writing failed; None: it didn't.
    """

    failure: OSError | None = None

    def write(self, data: object) -> int:
        """All of it, or an error, again and again."""
        if self.failure is not None:
            raise self.failure
        try:
            return super().write(data)  # type: ignore[arg-type]  # a buffer, as of its parent
        except OSError as error:
            self.failure = error
            raise


class FragmentWriter:
    """Writes packets in fragments, each flushed to the disk when it is finished.

    Args:
        path: the file; overwritten.
        stream: what the packets are part of.
        first: the first of them; what comes before the next key frame builds on nothing if it isn't one.
        plain_at_end: turn it into a plain, seekable MP4 when it is closed. Its index is at the end then.

    Raises:
        OSError: it can't be written.
    """

    def __init__(self, path: Path, stream: EncodedStream, first: EncodedPacket, plain_at_end: bool = False) -> None:
        self.path, self.stream = path, stream
        self.begin = first.elapsed - first.delay
        flags = f"{_FRAGMENTS}+{_PLAIN_AT_END}" if plain_at_end else _FRAGMENTS
        options = {"movflags": flags, "frag_duration": str(int(FRAGMENT * 1e6)), "flush_packets": "1"}
        self._file = GuardedFile(path, "w")
        try:
            self._container = av.open(self._file, "w", format="mp4", options=options)
            self._track = Track(self._container, stream, self.begin)
        except BaseException:
            self.abandon()
            raise
        self.size = self._file.tell()

    def write(self, packet: EncodedPacket) -> bool:
        """Add a packet; True if with it everything *before* it has come to be safe on the disk.

        Raises:
            OSError: it can't be written.
            av.FFmpegError: the packet doesn't fit into the file.
        """
        try:
            self._track.write(packet.data, packet.elapsed, packet.delay, packet.key)
        except FFmpegError:
            if self._file.failure is not None:
                raise self._file.failure from None
            raise
        if self._file.failure is not None:
            raise self._file.failure
        size = self._file.tell()
        if size == self.size:
            return False
        self.size = size
        os.fdatasync(self._file.fileno())
        return True

    def close(self) -> None:
        """Finish the last fragment; all of it is safe on the disk when this returns. Raises OSError."""
        try:
            self._container.close()
            os.fsync(self._file.fileno())
            self.size = os.fstat(self._file.fileno()).st_size
            self._file.close()
        except (FFmpegError, OSError) as error:
            failure = self._file.failure
            self.abandon()
            raise failure or OSError(str(error)) from None

    def abandon(self) -> None:
        """Let go of the file as it is."""
        self._file.failure = self._file.failure or OSError("given up")
        with contextlib.suppress(FFmpegError, OSError, AttributeError):
            self._container.close()
        with contextlib.suppress(OSError):
            self._file.close()

    @property
    def seconds(self) -> float:
        """How long it is so far."""
        return self._track.seconds
