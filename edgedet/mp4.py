"""H.264 in an MP4 file that plays from the first seconds on, whatever happens to its writer."""

from __future__ import annotations

import contextlib
import io
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace

from edgedet.disk import disk_error
from edgedet.errors import OutputError
from edgedet.pyav import any_metadata
from edgedet.types import Image

if TYPE_CHECKING:
    from typing_extensions import Buffer

_TICKS = 90_000
"""Of the file's clock in a second, MPEG's own."""

_KEY_EVERY = 2.0
"""Seconds between key frames: what is lost when the power goes, and how finely one can seek."""

_CONTAINER = {"movflags": "hybrid_fragmented", "flush_packets": "1"}
"""Written in fragments, each playable once it is on the disk, and turned into a plain MP4 when it is finished."""

_ENCODER = {"preset": "superfast", "tune": "zerolatency", "crf": "23", "forced-idr": "1"}
"""Zero latency: no frame is held back in the encoder, so a fragment has all of its seconds."""

_BT709 = 1


class Mp4Writer:
    """One video file, of one size.

    Frames keep their own times: it plays as fast as it happened, however unevenly they came.

    Args:
        path: the file; overwritten.
        width, height: of its pictures; an odd one grows by a repeated row or column, as H.264 wants even ones.

    Raises:
        OutputError: it can't be written.
    """

    def __init__(self, path: Path, width: int, height: int) -> None:
        self.path, self.size = path, (width, height)
        self._start: float | None = None
        self._time = self._step = 0.0
        self._pts, self._next_key = -1, 0.0
        self._closed = False
        try:
            self._file = WholeFile(path, "w")
        except OSError as error:
            raise disk_error(path, error) from None
        self._container = av.open(self._file, "w", format="mp4", options=_CONTAINER)
        self._stream = self._container.add_stream("libx264", rate=30, options=_ENCODER)
        self._stream.width, self._stream.height = width + width % 2, height + height % 2
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.time_base = Fraction(1, _TICKS)
        context.thread_count = 1  # the other cores are the detector's
        tell_colours(context)

    def write(self, image: Image, time_s: float) -> None:
        """Add a picture.

        Args:
            image: uint8 (H, W, 3) BGR of the file's size.
            time_s: when it was taken, in seconds; the first picture is the file's start. Where it jumps back (a
                source that begins again) the video goes on at its pace.

        Raises:
            OutputError: the disk is full or gone. What was written until then plays.
        """
        frame = to_yuv(image)
        self._stamp(frame, time_s)
        try:
            self._container.mux(self._stream.encode(frame))
        except (FFmpegError, OSError) as error:
            self._abandon()
            raise _failure(self.path, error) from None

    def _stamp(self, frame: av.VideoFrame, time_s: float) -> None:
        if self._start is None:
            self._start = time_s
        elif time_s > self._time:
            self._step = time_s - self._time
        else:
            self._start -= self._time + self._step - time_s
        self._time = time_s
        # two frames can't share a tick
        self._pts = max(self._pts + 1, round((time_s - self._start) * _TICKS))
        frame.pts, frame.time_base = self._pts, Fraction(1, _TICKS)
        if self._pts >= self._next_key * _TICKS:
            frame.pict_type = PictureType.I
            self._next_key = self._pts / _TICKS + _KEY_EVERY

    def close(self) -> None:
        """Finish the file. Raises OutputError if its last part can't be written; what was before that plays."""
        if self._closed:
            return
        try:
            self._container.mux(self._stream.encode(None))
            self._container.close()
            self._file.close()
        except (FFmpegError, OSError) as error:
            self._abandon()
            raise _failure(self.path, error) from None
        self._closed = True

    def _abandon(self) -> None:
        """Let go of the file as it is; without one whole picture in it, it isn't worth keeping."""
        self._closed = True
        with contextlib.suppress(FFmpegError, OSError):
            self._container.close()
        with contextlib.suppress(OSError):
            self._file.close()
        if not _plays(self.path):
            self.path.unlink(missing_ok=True)


def to_yuv(image: Image, size: tuple[int, int] | None = None) -> av.VideoFrame:
    """A picture as H.264 wants it: BT.709, limited range, even sides.

    Args:
        image: uint8 (H, W, 3) BGR.
        size: even width and height it is scaled to; None: its own, grown by a repeated row or column where odd.
    """
    if size is None and (image.shape[0] % 2 or image.shape[1] % 2):
        bottom, right = image.shape[0] % 2, image.shape[1] % 2
        image = np.asarray(cv2.copyMakeBorder(image, 0, bottom, 0, right, cv2.BORDER_REPLICATE), np.uint8)
    width, height = size or (None, None)
    return av.VideoFrame.from_ndarray(image, format="bgr24").reformat(
        width, height, format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )


def tell_colours(context: av.VideoCodecContext) -> None:
    """Let an encoder write into its stream which colours :func:`to_yuv` makes."""
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = ColorRange.MPEG


class WholeFile(io.FileIO):
    """A file of our own making, since the library leaves its own open when it fails; it writes all or raises."""

    def write(self, data: Buffer) -> int:
        """A full disk takes what fits, and says so only the next time."""
        rest = memoryview(data)
        while rest:
            rest = rest[super().write(rest) :]
        return memoryview(data).nbytes


def _failure(path: Path, error: FFmpegError | OSError) -> OutputError:
    if isinstance(error, OSError):
        return disk_error(path, error)
    return OutputError(f"{path}: the video can't be encoded ({error.strerror}); leave the video out")


def _plays(path: Path) -> bool:
    try:
        with av.open(str(path), **any_metadata()) as container:
            return next(container.decode(video=0), None) is not None
    except (FFmpegError, OSError, IndexError):
        return False
