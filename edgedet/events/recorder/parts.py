"""What a clip is until it is finished: one file of fragments, or several where writing was interrupted."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError

from edgedet.capture.tap import CODECS, EncodedPacket, EncodedStream
from edgedet.events.recorder.track import begin_of
from edgedet.pyav import any_metadata

_LENGTH = 4
"""Bytes before each NAL unit in an MP4 file that say how long it is."""

_HEADER = 8
"""Bytes of a box of an MP4 file that say how long it is, and what."""


def part_path(folder: Path, number: int) -> Path:
    """Where a part of an event's clip is written; they count from 1."""
    return folder / f".clip.{number:03}.part.mp4"


def parts_of(folder: Path) -> list[Path]:
    """The parts that lie in an event's folder, in order."""
    return sorted(folder.glob(".clip.*.part.mp4"))


@contextlib.contextmanager
def reading(path: Path) -> Iterator[InputContainer]:
    """A video file, open for reading.

    Raises:
        av.FFmpegError: it is damaged.
        OSError: it isn't there, or the disk is in trouble.
    """
    try:
        with path.open("rb") as file, av.open(file, "r", **any_metadata()) as container:
            yield container
    except OSError as error:
        if error.errno != errno.EINVAL:  # what stands in it leads to nowhere
            raise
        raise av.InvalidDataError(errno.EINVAL, "damaged", str(path)) from None


@dataclass(frozen=True, slots=True)
class Part:
    """A file of fragments that can be read.

    Attributes:
        path: where it is.
        stream: what its packets are part of.
        begin: seconds on the source's clock where it begins.
    """

    path: Path
    stream: EncodedStream
    begin: float


def open_part(path: Path) -> Part | None:
    """Look into a file; None if there is nothing in it that plays.

    Where writing broke off within a fragment's own index (``moof``), FFmpeg opens nothing of the file; then that
    fragment is cut off, and what comes before it is there again.

    Raises:
        OSError: it can't be read.
    """
    for end in (None, *reversed(fragments_of(path))):
        if end is not None:
            os.truncate(path, end)
        with contextlib.suppress(FFmpegError, FileNotFoundError):
            return _look_into(path)
    return None


def _look_into(path: Path) -> Part | None:
    with reading(path) as container:
        if not container.streams.video:
            return None
        context: av.VideoCodecContext | None = container.streams.video[0].codec_context
        if context is None or context.name not in CODECS or not context.extradata:
            return None
        stream = EncodedStream(context.name, context.extradata, context.width, context.height)
        return Part(path, stream, begin_of(container))


def fragments_of(path: Path) -> list[int]:
    """Where each fragment (``moof``) of a file begins, up to where its boxes (ISO/IEC 14496-12) lead nowhere."""
    found, at = [], 0
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        while len(header := file.read(_HEADER)) == _HEADER:
            size, kind = int.from_bytes(header[:4], "big"), header[4:]
            if kind == b"moof":
                found.append(at)
            if size < _HEADER:  # zeros; or 0 and 1, for boxes over 4 GB, which aren't written
                break
            at += size
            file.seek(at)
    return found


def read_part(part: Part) -> Iterator[EncodedPacket]:
    """Its packets, up to where it breaks off.

    Raises:
        OSError: it can't be read.
    """
    doubtful: EncodedPacket | None = None
    with contextlib.suppress(FFmpegError), reading(part.path) as container:
        for packet in container.demux(container.streams.video[0]):
            data = bytes(packet)
            if packet.dts is None or packet.pts is None or packet.is_corrupt or not _is_whole(data):
                return
            if doubtful is not None:
                yield doubtful
            shown, decoded = float(packet.pts * packet.time_base), float(packet.dts * packet.time_base)
            delay = max(0.0, shown - decoded)
            found = EncodedPacket(data, part.begin + shown, delay, packet.is_keyframe, part.stream)
            # Zeros at its end may be what never came to the disk; where more comes after them, the camera pads.
            doubtful = None if data[-1] else found
            if doubtful is None:
                yield found


def read_parts(parts: list[Part]) -> Iterator[EncodedPacket]:
    """The packets of all of them, as if they had been written into one, from the first key frame on.

    Where one was interrupted in mid-fragment, what it holds of that comes again in the next.
    """
    ends = [*(part.begin for part in parts[1:]), float("inf")]
    begun = False
    for part, end in zip(parts, ends, strict=False):
        for packet in read_part(part):
            if packet.elapsed - packet.delay >= end or part.stream != parts[0].stream:
                break
            begun = begun or packet.key
            if begun:
                yield packet


def _is_whole(data: bytes) -> bool:
    """Whether all of it came to the disk: after a power cut the end of a file may be zeros."""
    at = 0
    while at + _LENGTH < len(data):
        length = int.from_bytes(data[at : at + _LENGTH], "big")
        if not length:
            return False
        at += _LENGTH + length
    return at == len(data) > 0
