"""Which H.264 encoder works on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.error import FFmpegError

from edgedet.config.record import EncoderChoice
from edgedet.errors import OutputError
from edgedet.events.recorder.track import TICKS
from edgedet.mp4 import tell_colours, to_yuv

HARDWARE = "h264_v4l2m2m"
"""Of the Raspberry Pi 1 to 4 and Zero; the Pi 5 has none."""

SOFTWARE = "libx264"

_TRIED = 12
"""Frames an encoder has to turn into a key frame to be called working."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a source is to be encoded.

    Attributes:
        choice: the encoder asked for.
        width, height: pixels, both even.
        fps: frames a second that are expected.
        bitrate: kilobits a second: of the hardware on the average, of the software at most.
    """

    choice: EncoderChoice
    width: int
    height: int
    fps: float
    bitrate: int


def open_codec(encoding: Encoding) -> tuple[av.VideoCodecContext, str]:
    """An encoder that works, ready for its first frame, and why it is this one.

    Raises:
        OutputError: there is none of the kind asked for.
    """
    reason = ""
    if encoding.choice in ("auto", "hardware"):
        reason = _try_hardware(encoding)
        if not reason:
            return _context(HARDWARE, encoding), f"the hardware's {HARDWARE}"
        if encoding.choice == "hardware":
            raise OutputError(f"record.encoder: no hardware encoder works here ({reason}); use auto or software")
    try:
        context = _context(SOFTWARE, encoding)
    except (FFmpegError, ValueError) as error:
        raise OutputError(f"record.encoder: {SOFTWARE} doesn't work here ({error}); use never") from None
    return context, f"{SOFTWARE}, since no hardware encoder works here ({reason})" if reason else SOFTWARE


def _context(name: str, encoding: Encoding) -> av.VideoCodecContext:
    codec = cast(av.VideoCodecContext, av.CodecContext.create(name, "w"))
    codec.width, codec.height, codec.pix_fmt = encoding.width, encoding.height, "yuv420p"
    codec.time_base = Fraction(1, TICKS)
    codec.framerate = Fraction(encoding.fps).limit_denominator(1000)
    tell_colours(codec)
    if name == HARDWARE:
        codec.bit_rate = encoding.bitrate * 1000
        codec.gop_size = max(1, round(encoding.fps))
    else:
        codec.thread_count = 1  # the other cores are the detector's
        codec.gop_size = 10_000  # key frames are asked for by time
        # zero latency: nothing is held back in the encoder, so what it was given is in the ring
        codec.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "crf": "24",
            "maxrate": f"{encoding.bitrate}k",
            "bufsize": f"{encoding.bitrate * 2}k",
            "forced-idr": "1",
        }
    codec.open()
    return codec


def _try_hardware(encoding: Encoding) -> str:
    """What is wrong with the hardware's encoder; empty if it makes packets of grey frames."""
    try:
        codec = _context(HARDWARE, encoding)
        grey = np.full((encoding.height, encoding.width, 3), 128, np.uint8)
        for number in range(_TRIED):
            frame = to_yuv(grey)
            frame.pts, frame.time_base = number * TICKS // 10, Fraction(1, TICKS)
            if any(packet.is_keyframe for packet in codec.encode(frame)):
                return ""
    except (FFmpegError, ValueError) as error:
        return f"{HARDWARE}: {getattr(error, 'strerror', None) or error}".lower()
    return f"{HARDWARE}: gives nothing"
