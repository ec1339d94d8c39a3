"""Recording all the time, in files of a fixed length."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from av.error import FFmpegError

from edgedet.capture.tap import EncodedPacket
from edgedet.disk import sync_folder
from edgedet.events.places import Places, Segment
from edgedet.events.recorder.fragments import FragmentWriter
from edgedet.events.recorder.parts import open_part, reading
from edgedet.events.recorder.ring import Ring

log = logging.getLogger(__name__)

GAP = 5.0
"""Seconds without a packet that end a file: what comes later is no continuation."""

_BATCH = 256


class Continuous:
    """Writes everything in the ring into one file after another. Used by the recorder's thread.

    Each begins with a key frame and is written in fragments, so that it plays at any time; when it is finished it
    becomes a plain, seekable MP4 in place: nothing is written twice.

    Args:
        camera: its name.
        places: where they go.
        make_folder: makes a folder; raises OSError.
        ring: where the packets are.
        seconds: length of a file.
        wall: the UTC time of a second on the source's clock.

    Attributes:
        cursor: number of the next packet to write; None: that of the newest key frame.
    """

    def __init__(
        self,
        camera: str,
        places: Places,
        make_folder: Callable[[Path], Path],
        ring: Ring,
        seconds: float,
        wall: Callable[[float], datetime],
    ) -> None:
        self._camera, self._places, self._make_folder = camera, places, make_folder
        self._ring, self._seconds, self._wall = ring, seconds, wall
        self._writer: FragmentWriter | None = None
        self._final = Path()
        self._started = datetime.min
        self._last = 0.0
        self._left: Path | None = None
        self.cursor: int | None = 0

    @property
    def behind(self) -> bool:
        """Whether there is more in the ring than the last call wrote."""
        return self.cursor is not None and bool(self._ring.after(self.cursor, 1)[1])

    def pause(self) -> list[Segment]:
        """As :meth:`end`; :meth:`write` will go on with what is newest then."""
        self.cursor = None
        return self.end()

    def write(self) -> tuple[list[Segment], int]:
        """Write what has come: the files that were finished with it, and how many bytes.

        Raises:
            OSError: the disk is in trouble; the file ends with what is safe.
        """
        finished: list[Segment] = []
        if self._left is not None:
            left, self._left = self._left, None
            finished += [segment for segment in (repair_segment(left, self._camera),) if segment is not None]
        first, packets = self._ring.after(self._ring.find(float("inf")) if self.cursor is None else self.cursor, _BATCH)
        written = -self._size
        try:
            for number, packet in enumerate(packets, first):
                if self._writer is not None and self._ends_before(packet):
                    written += self._size
                    finished += self.end()
                if self._writer is not None or packet.key:
                    self._append(packet)
                self.cursor = number + 1
        except OSError:
            if self._writer is not None:
                self._left = self._writer.path
                self._writer.abandon()
                self._writer = None
            raise
        return finished, max(0, written + self._size)

    def end(self) -> list[Segment]:
        """Finish the file that is being written, if one is. Raises OSError."""
        writer, self._writer = self._writer, None
        if writer is None:
            return []
        seconds = writer.seconds
        writer.close()
        writer.path.replace(self._final)
        sync_folder(self._final.parent)
        return [Segment(self._camera, self._final, writer.size, self._started, seconds)]

    @property
    def _size(self) -> int:
        return self._writer.size if self._writer is not None else 0

    def _ends_before(self, packet: EncodedPacket) -> bool:
        writer = self._writer
        assert writer is not None
        if packet.stream != writer.stream or packet.elapsed - self._last > GAP:
            return True
        return packet.key and packet.elapsed - writer.begin >= self._seconds

    def _append(self, packet: EncodedPacket) -> None:
        if self._writer is None:
            started = self._wall(packet.elapsed)
            while (final := self._places.segment(self._camera, started)).exists():
                started += timedelta(seconds=1)  # the wall clock went back
            self._make_folder(final.parent)
            partial = final.with_name(f".{final.name}.part")
            self._writer = FragmentWriter(partial, packet.stream, packet, plain_at_end=True)
            self._final, self._started = final, started
        self._last = packet.elapsed
        try:
            self._writer.write(packet)
        except FFmpegError as error:
            log.debug("%s: a packet can't be kept (%s)", self._final, error)


def repair_segment(unfinished: Path, camera: str) -> Segment | None:
    """Take what a crash or power cut left of a continuous recording's file for a finished one.

    Args:
        unfinished: ``.104455.mp4.part`` in its day's folder.
        camera: whose it is.

    Returns:
        The file, under its final name; None if nothing in it plays, and then it is removed.

    Raises:
        OSError: it can't be read or renamed now.
    """
    final = unfinished.with_name(unfinished.name.removeprefix(".").removesuffix(".part"))
    open_part(unfinished)  # cuts off what would keep the rest from playing
    seconds = 0.0
    with contextlib.suppress(FFmpegError, FileNotFoundError, IndexError), reading(unfinished) as container:
        for packet in container.demux(video=0):
            if packet.pts is not None:
                seconds = max(seconds, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    if not seconds:
        unfinished.unlink(missing_ok=True)
        return None
    started = datetime.strptime(f"{final.parent.name} {final.stem}", "%Y-%m-%d %H%M%S").replace(tzinfo=UTC)
    unfinished.replace(final)
    sync_folder(final.parent)
    return Segment(camera, final, final.stat().st_size, started, seconds)
