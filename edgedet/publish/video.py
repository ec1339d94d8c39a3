"""The annotated picture as an MP4 file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.error import FFmpegError

from edgedet.errors import OutputError
from edgedet.publish.overlay import caption, draw
from edgedet.types import FrameResult, Image

_TICKS = 90_000
_FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
"""Written in pieces of a few seconds each, so that after a power cut everything up to the last piece plays."""


class VideoPublisher:
    """Writes H.264 at the frames' own times, so that it plays as fast as it happened.

    The file is begun with the first frame. A frame of another size than the first is scaled to it: a file has one
    size.

    Args:
        path: the ``.mp4`` file; one that is there is overwritten.
    """

    name = "video"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._container: OutputContainer | None = None
        self._last = -1

    def open(self) -> None:
        """See that the file can be written. Raises OutputError."""
        if self._path.is_dir():
            raise OutputError(f"{self._path}: a folder; give a file, such as {self._path / 'found.mp4'}")
        try:
            with self._path.open("ab"):
                pass
        except OSError as error:
            raise self._failed(error) from None

    def publish(self, result: FrameResult) -> None:
        """Encode one frame. Raises OutputError when the disk is full or gone."""
        try:
            if self._container is None:
                self._begin(result.frame.width, result.frame.height)
            image = draw(result.frame.image, result.detections, caption(result))
            frame = av.VideoFrame.from_ndarray(self._fitted(image), format="bgr24")
            # two frames can't share a time: a file whose clock stands still gets a tick each
            self._last = frame.pts = max(self._last + 1, round(result.frame.time * _TICKS) - self._first(result))
            frame.time_base = Fraction(1, _TICKS)
            self._write(frame)
        except (FFmpegError, OSError) as error:
            self._abandon()
            raise self._failed(error) from None

    def _begin(self, width: int, height: int) -> None:
        self._container = av.open(str(self._path), "w", format="mp4", options=_FRAGMENTS)
        self._stream = self._container.add_stream("libx264", rate=30, options={"preset": "veryfast", "crf": "23"})
        self._stream.width, self._stream.height = width + width % 2, height + height % 2  # yuv420p has no odd sizes
        self._stream.pix_fmt = "yuv420p"
        self._stream.time_base = self._stream.codec_context.time_base = Fraction(1, _TICKS)
        self._stream.gop_size = 50
        self._start: int | None = None
        self._last = -1

    def _first(self, result: FrameResult) -> int:
        if self._start is None:
            self._start = round(result.frame.time * _TICKS)
        return self._start

    def _fitted(self, image: Image) -> Image:
        size = (self._stream.width, self._stream.height)
        if (image.shape[1], image.shape[0]) == size:
            return image
        return np.asarray(cv2.resize(image, size), np.uint8)

    def _write(self, frame: av.VideoFrame | None) -> None:
        if self._container is not None:
            for packet in self._stream.encode(frame):
                self._container.mux(packet)

    def close(self) -> None:
        """Finish the file. Raises OutputError if its end can't be written."""
        if self._container is None:
            return
        try:
            self._write(None)
            self._container.close()
        except (FFmpegError, OSError) as error:
            raise self._failed(error) from None
        finally:
            self._container = None

    def _abandon(self) -> None:
        """Let go of a file that can't be written any more; what is in it stays playable."""
        container, self._container = self._container, None
        if container is not None:
            try:
                container.close()
            except (FFmpegError, OSError):
                return

    def _failed(self, error: Exception) -> OutputError:
        reason = getattr(error, "strerror", None) or str(error)
        return OutputError(f"{self._path}: the video can't be written ({reason}); choose another place")
