"""The clip of one event, from the ring into its parts."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Generator
from pathlib import Path

from av.error import FFmpegError

from edgedet.capture.tap import EncodedPacket
from edgedet.events.places import Kept
from edgedet.events.recorder.finish import finish
from edgedet.events.recorder.fragments import FragmentWriter
from edgedet.events.recorder.parts import part_path
from edgedet.events.recorder.ring import Ring

log = logging.getLogger(__name__)

_BATCH = 256
"""Packets written before the next clip gets a turn."""


class Take:
    """A clip that is being written. Used by the recorder's thread.

    Args:
        folder: the event's.
        make_folder: makes it, with the first packet.
        ring: where its packets are.
        begin: seconds on the source's clock from which it is wanted.
        longest: seconds after which it ends in any case.
        keys_only: whether to leave out what isn't a key frame.

    Attributes:
        end: seconds on the source's clock at which it ends; infinity: nobody knows yet.
        begun: whether what came before the event is safe on the disk.
        complete: whether everything that belongs to it is written.
        done: whether the clip is made of it.
        kept: that clip; None: there was nothing to make one of.
        missed: packets that had left the ring before they could be written.
        cursor: number of the next packet to write.
        safe: number of the first packet that isn't safe on the disk.
    """

    def __init__(
        self,
        folder: Path,
        make_folder: Callable[[Path], Path],
        ring: Ring,
        begin: float,
        longest: float,
        keys_only: bool,
    ) -> None:
        self.folder, self.end = folder, float("inf")
        self.begun = self.complete = self.done = False
        self.kept: Kept | None = None
        self.missed = 0
        self.cursor = self.safe = ring.find(begin)
        self._make_folder, self._ring, self._longest, self._keys_only = make_folder, ring, longest, keys_only
        self._first: EncodedPacket | None = None
        self._writer: FragmentWriter | None = None
        self._parts = 0
        self._finishing: Generator[None, None, Kept | None] | None = None

    def write(self, last: bool = False) -> int:
        """Write what has come; how many bytes.

        Args:
            last: nothing more will come.

        Raises:
            OSError: the disk is in trouble; what isn't safe will be written again by the next call.
        """
        before = self._writer.size if self._writer is not None else 0
        first, packets = self._ring.after(self.cursor, _BATCH)
        if packets:
            self.missed += first - self.cursor
        try:
            for number, packet in enumerate(packets, first):
                if self.complete or self._is_past(packet):
                    self.complete = True
                    break
                if packet.key or not self._keys_only:
                    self._append(number, packet)
                self.cursor = number + 1
            self.complete = self.complete or (last and len(packets) < _BATCH)
            # what there is at the start is closed at once: whoever is told of the event may rely on there being film
            closing = self.complete or not (self.begun or self.behind)
            if closing and self._writer is not None:
                self._writer.close()
        except OSError:
            self._give_up_part()
            raise
        after = self._writer.size if self._writer is not None else 0
        if closing and self._writer is not None:
            self._writer, self.safe, self.begun = None, self.cursor, True
        return max(0, after - before)

    @property
    def behind(self) -> bool:
        """Whether there is more in the ring than the last call wrote."""
        return not self.complete and bool(self._ring.after(self.cursor, 1)[1])

    def step(self) -> bool:
        """A little of making the clip of what was written; whether that is :attr:`done`.

        Raises:
            OSError: the disk is in trouble; the next call begins anew.
        """
        if self._finishing is None:
            self._finishing = finish(self.folder, self.end)
        try:
            next(self._finishing)
        except StopIteration as end:
            self.done, self.kept = True, end.value
        except FFmpegError as error:
            self.done = True
            log.error("%s: there is no clip: what was written makes none (%s)", self.folder.name, error.strerror)
        except OSError:
            self._finishing = None
            raise
        return self.done

    def let_go(self) -> None:
        """Close what is open and leave it on the disk as it is. Raises OSError."""
        if self._finishing is not None:
            self._finishing.close()
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def give_up(self) -> None:
        """Close what is open, for the disk's sake; what isn't safe there will be written again."""
        finishing, self._finishing = self._finishing, None
        if finishing is not None:
            with contextlib.suppress(OSError, FFmpegError):  # what it still had to write
                finishing.close()
        if self._writer is not None:
            self._give_up_part()

    def _is_past(self, packet: EncodedPacket) -> bool:
        decoded = packet.elapsed - packet.delay
        if self._first is None:
            return decoded >= self.end
        if packet.stream != self._first.stream:
            log.warning("%s: the stream is another now (%s); the clip ends there", self.folder.name, _say(packet))
            return True
        if decoded >= self._first.elapsed + self._longest:
            log.info("%s: the clip ends after %g s, the longest allowed", self.folder.name, self._longest)
            return True
        return decoded >= self.end

    def _append(self, number: int, packet: EncodedPacket) -> None:
        if self._writer is None:
            self._make_folder(self.folder)
            self._parts += 1
            self._writer = FragmentWriter(part_path(self.folder, self._parts), packet.stream, packet)
            self._first = self._first or packet
        try:
            if self._writer.write(packet):
                self.safe = number
        except FFmpegError as error:
            log.warning("%s: the stream can't be kept (%s); the clip ends there", self.folder.name, error.strerror)
            self.complete = True

    def _give_up_part(self) -> None:
        """Go back to the first packet that isn't safe; a part without a safe packet is none."""
        writer, self._writer = self._writer, None
        self.cursor, self.complete = self.safe, False
        if writer is not None:
            writer.abandon()


def _say(packet: EncodedPacket) -> str:
    return f"{packet.stream.codec} {packet.stream.width}x{packet.stream.height}"
