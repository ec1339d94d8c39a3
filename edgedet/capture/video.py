"""Video files, by PyAV: every frame, or paced in real time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
from av.error import FFmpegError

from edgedet.capture import SourceStatus
from edgedet.capture.handle import Handle
from edgedet.capture.stamp import Stamper, check_size
from edgedet.errors import SourceError
from edgedet.types import Frame, Image

_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
_SMALL = 1280 * 720
"""Up to this many pixels one thread decodes with less CPU a frame (0.57 against 0.92 ms at 768x432); beyond it a
second is needed to keep up."""


def to_bgr(frame: av.VideoFrame, source: str) -> Image:
    """A decoded frame as uint8 (H, W, 3) BGR, the right way up."""
    check_size(frame.width, frame.height, source)
    image = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    turn = _TURNS.get(round(frame.rotation) % 360)
    return image if turn is None else np.asarray(cv2.rotate(image, turn), np.uint8)


class VideoFile:
    """A video file.

    Args:
        path: the file.
        paced: frames come when they are due, and late ones may be dropped, as from a camera.
        loop: start again at the end.
    """

    def __init__(self, path: Path, paced: bool = False, loop: bool = False) -> None:
        self.uri, self.live = str(path), paced
        self._loop = loop
        self._handle: Handle | None = None
        self._frames: Iterator[Frame] = iter(())
        self._status = SourceStatus("opening")

    def open(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        try:
            container = av.open(self.uri)
        except (FFmpegError, OSError, ValueError) as error:
            raise SourceError(f"{self.uri}: {_reason(error)}; give a picture or a video") from None
        self._handle = Handle(container.close)
        if not container.streams.video:
            self._handle.close()
            raise SourceError(f"{self.uri}: there is no video in it; give a picture or a video")
        stream = container.streams.video[0]
        stream.thread_type = "AUTO" if stream.width * stream.height > _SMALL else "NONE"
        rate = f" {float(stream.average_rate):g} fps" if stream.average_rate else ""
        self._status = SourceStatus("open", f"{stream.codec_context.name} {stream.width}x{stream.height}{rate}")
        self._frames = self._play(container)

    def _play(self, container: av.container.InputContainer) -> Iterator[Frame]:
        stamp, offset = Stamper(self.uri), 0.0
        start = time.monotonic()
        while True:
            last = 0.0
            for image, position in self._pass(container):
                last = position
                if self.live:
                    self._until(start + offset + position)
                yield stamp(image, offset + position)
            if not self._loop:
                return
            rate = container.streams.video[0].average_rate
            offset += last + (1 / float(rate) if rate else 0.04)
            container.seek(0)

    def _pass(self, container: av.container.InputContainer) -> Iterator[tuple[Image, float]]:
        """The frames from here to the end, with their presentation times from zero."""
        stream = container.streams.video[0]
        first: float | None = None
        count = broken = 0
        rate = float(stream.average_rate or 25)
        for packet in self._packets(container, stream):
            try:
                decoded = packet.decode()
            except FFmpegError:
                broken += 1
                continue
            for frame in decoded:
                position = float(frame.time) if frame.time is not None else count / rate
                first = position if first is None else first
                count += 1
                yield to_bgr(frame, self.uri), max(0.0, position - first)
        if count + broken < stream.frames * 0.98 or not count or broken:
            raise SourceError(
                f"{self.uri}: breaks off after {count} of {stream.frames or 'unknown'} frames"
                f"{f', {broken} damaged' if broken else ''}; the file is damaged or cut short: get it again"
            )

    def _packets(
        self, container: av.container.InputContainer, stream: av.video.stream.VideoStream
    ) -> Iterator[av.packet.Packet[av.video.stream.VideoStream]]:
        try:
            yield from container.demux(stream)
        except FFmpegError:  # what was read so far counts; _pass says that there is less than there should be
            return

    def _until(self, due: float) -> None:
        wait = due - time.monotonic()
        if wait > 0 and self._handle is not None:
            self._handle.closed.wait(wait)

    def read(self) -> Frame | None:
        """See :class:`edgedet.capture.Source`."""
        if self._handle is None:
            return None
        with self._handle.reading() as usable:
            frame = next(self._frames, None) if usable else None
        if frame is None and self._status.state == "open":
            self._status = SourceStatus("ended", self._status.detail)
        return None if self._handle.closed.is_set() else frame

    def status(self) -> SourceStatus:
        """See :class:`edgedet.capture.Source`."""
        return self._status

    def close(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        if self._handle is not None:
            self._handle.close()
        self._status = SourceStatus("closed", self._status.detail)


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, PermissionError):
        return "its permissions don't allow reading it"
    return "neither a picture nor a video that can be decoded"
