"""Turns the parts of a clip into a normal MP4: seekable, its index in front, its bytes untouched."""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
from collections.abc import Generator
from pathlib import Path

import av
from av.error import FFmpegError

from edgedet.disk import sync_folder
from edgedet.events.places import NAMES, Kept
from edgedet.events.recorder.fragments import GuardedFile
from edgedet.events.recorder.parts import Part, open_part, parts_of, read_parts, reading
from edgedet.events.recorder.track import Track, begin_of

log = logging.getLogger(__name__)

_INDEX, _INDEX_PACKET = 4096, 40
"""Most bytes of an MP4's index (ISO/IEC 14496-12): in all, and for each picture. 4 for its size, 8 for its duration,
8 where pictures are reordered, 4 if it is a key frame, and at most 16 for where it stands."""

_TURN = 16
"""Packets copied before others get a turn."""


def finish(folder: Path, until: float = float("inf")) -> Generator[None, None, Kept | None]:
    """Make the clip of an event of its parts, a little with each step; the parts are removed at the end.

    The index gets its place before the pictures are copied: nothing has to be moved and written twice for it.

    Args:
        folder: the event's; its name is the event's id.
        until: seconds on the source's clock at which the clip ends, even if there is more.

    Returns:
        The clip, safe on the disk; None if nothing in the parts plays.

    Raises:
        OSError: it can't be written or read; the parts are still there.
        av.FFmpegError: what is in the parts makes no clip.
    """
    final, paths = folder / NAMES["clip"], parts_of(folder)
    if inspect(final) is None:
        parts = [part for path in paths if (part := open_part(path)) is not None]
        count = 0
        for _ in read_parts(parts):
            count += 1
            if count % _TURN == 0:
                yield
        if count:
            yield from _copy(parts, count, until, final)
    for path in paths:
        path.unlink(missing_ok=True)
    return inspect(final)


def repair(unfinished: Path) -> Kept | None:
    """Make a clip of what a crash or power cut left.

    Args:
        unfinished: any file in the event's folder that was being written.

    Returns:
        The clip, safe on the disk; None if there is nothing that plays.

    Raises:
        OSError: it can't be written or read now.
    """
    steps = finish(unfinished.parent)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            kept: Kept | None = end.value
            return kept
        except FFmpegError as error:
            log.warning("%s: makes no clip (%s)", unfinished, error.strerror)
            return None


def inspect(clip: Path) -> Kept | None:
    """What a finished clip is; None if it isn't there or doesn't play. Its folder is named after the event.

    Raises:
        OSError: it can't be read.
    """
    try:
        with reading(clip) as container:
            seconds = (container.duration or 0) / av.time_base
            return Kept(clip.parent.name, "clip", clip, clip.stat().st_size, begin_of(container), seconds)
    except (FFmpegError, FileNotFoundError):
        return None


def _copy(parts: list[Part], count: int, until: float, final: Path) -> Generator[None, None, None]:
    temporary = final.with_name(f".{final.name}.tmp")
    file = GuardedFile(temporary, "w")
    done = False
    try:
        packets = read_parts(parts)
        first = next(packets)
        options = {"moov_size": str(_INDEX + _INDEX_PACKET * count)}
        with av.open(file, "w", format="mp4", options=options) as container:
            track = Track(container, first.stream, first.elapsed - first.delay)
            for number, packet in enumerate(itertools.chain((first,), packets), 1):
                if packet.elapsed - packet.delay >= until and number > 1:
                    break
                track.write(packet.data, packet.elapsed, packet.delay, packet.key)
                if number % _TURN == 0:
                    yield
        os.fsync(file.fileno())
        temporary.replace(final)
        done = True
    except FFmpegError as error:
        raise file.failure or error from None
    finally:
        file.close()
        if not done:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
    sync_folder(final.parent)
