"""Reads a video file, frame by frame, through FFmpeg (PyAV)."""

from __future__ import annotations

from collections.abc import Iterator

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from edgedet.capture.player import Shown
from edgedet.errors import SourceError
from edgedet.pyav import any_metadata
from edgedet.types import Image

MAX_PIXELS = 64 << 20
"""Largest frame taken. A damaged or hostile file can claim any size; one of this takes 200 MB already."""

STEP_MOST = 10.0
"""A longer step between two frames, in seconds, or a step back, is a damaged clock: the nominal step is used."""

_LIMITS = {"max_pixels": str(MAX_PIXELS)}
_TURN = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, -90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, -180: cv2.ROTATE_180}


class BgrConverter:
    """Turns decoded frames into pictures: BGR, upright, whatever size and pixel format each has.

    One for each stream, since it keeps FFmpeg's scaler, whose set-up costs as much as converting a small frame.
    OpenCV's own conversion is hardly faster and knows neither full-range nor 10-bit nor 4:2:2 video.
    """

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> Image:
        """The frame as uint8 (H, W, 3) BGR. Raises SourceError if it is absurdly large."""
        check_size(frame.width, frame.height)
        image = self._scaler.reformat(frame, format="bgr24", threads=1).to_ndarray()
        turn = _TURN.get(round(frame.rotation / 90) * 90)
        if turn is not None:
            return np.asarray(cv2.rotate(image, turn), np.uint8)
        return np.ascontiguousarray(image, np.uint8)


def check_size(width: int, height: int) -> None:
    """Raise SourceError if a frame of this size isn't taken."""
    if width * height > MAX_PIXELS:
        most = f"at most {MAX_PIXELS >> 20} megapixels are taken"
        raise SourceError(f"frames of {width}x{height} pixels; {most}, make it smaller")


def video_stream(container: av.container.InputContainer) -> av.VideoStream:
    """The container's first video stream, set up for decoding. Raises SourceError if it has none that can be."""
    for stream in container.streams.video:
        if stream.codec_context is not None:
            check_size(stream.codec_context.width, stream.codec_context.height)
            # Threads within a frame cost no latency and no frames in memory; one thread per frame costs both.
            stream.thread_type = "SLICE"
            stream.codec_context.options = _LIMITS
            return stream
    raise SourceError("no video in it that can be decoded; use another file or stream")


def jpeg_decoder() -> av.VideoCodecContext:
    """A decoder for the packets of Motion JPEG."""
    decoder = av.VideoCodecContext.create("mjpeg", "r")
    decoder.options = _LIMITS
    return decoder


def read_video(path: str) -> Iterator[Shown]:
    """Every frame of a video file that can be decoded, in the order they are shown.

    Raises:
        SourceError: the file can't be opened; or, after everything that could be decoded was given, it turned out
            to be damaged or cut off: the message says where.
    """
    try:
        with av.open(path, **any_metadata()) as container:  # a title may be in any encoding
            yield from _Decoder(container).frames()
    except av.FFmpegError as error:
        raise SourceError(f"{path}: can't be read as a video ({error.strerror}); is it complete and a video?") from None
    except SourceError as error:
        raise SourceError(f"{path}: {error}") from None


class _Decoder:
    """One pass over an open file, with a record of what was wrong with it."""

    def __init__(self, container: av.container.InputContainer) -> None:
        self._container = container
        self._stream = video_stream(container)
        rate = self._stream.average_rate or self._stream.guessed_rate
        self._step = float(1 / rate) if rate else 1 / 25
        self._packets = self._given = 0
        self._time, self._file_time = 0.0, 0.0
        self._damaged = ""

    def frames(self) -> Iterator[Shown]:
        convert = BgrConverter()
        for frame in self._decoded():
            yield Shown(convert(frame), self._advance(frame), self._step)
            self._given += 1
        if not self._given:
            raise SourceError("nothing in it can be decoded; is it complete and a video?")
        wrong = self._cut_off() or self._damaged
        if wrong:
            raise SourceError(f"{wrong}; what could be decoded was used, copy or repair the file")

    def _decoded(self) -> Iterator[av.VideoFrame]:
        """What can be decoded: a damaged packet costs its own frames, a damaged container all that follows."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
            except av.FFmpegError:
                return self._note_damage()
            self._packets += packet.size > 0
            try:
                frames = packet.decode()
            except av.FFmpegError:
                self._note_damage()
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self._note_damage()
                yield frame

    def _note_damage(self) -> None:
        if self._given and not self._damaged:  # before the first frame it is a recording that starts between key frames
            self._damaged = f"damaged at {self._time + self._step:.1f} s"

    def _advance(self, frame: av.VideoFrame) -> float:
        """The frame's time from the first frame on, with impossible clocks put right."""
        stamp = frame.time if frame.time is not None else self._file_time + self._step
        if self._given:
            step = stamp - self._file_time
            self._time += step if 0 <= step <= STEP_MOST else self._step
        self._file_time = stamp
        return self._time

    def _cut_off(self) -> str:
        """How the file ended before the end it announces, if it did."""
        end = self._time + self._step
        if self._packets < self._stream.frames:
            return f"cut off at {end:.1f} s, after {self._packets} of {self._stream.frames} frames"
        whole = (self._container.duration or 0) / av.time_base
        if len(self._container.streams) == 1 and end + max(1.0, 0.02 * whole) < whole:  # no sound that goes on longer
            return f"cut off at {end:.1f} of {whole:.1f} s"
        return ""
