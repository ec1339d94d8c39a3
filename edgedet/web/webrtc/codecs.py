"""Encoders for a live picture: nothing held back, a key frame whenever asked, one core at most."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import av

from edgedet.events.recorder.codec import Encoding, open_codec
from edgedet.mp4 import tell_colours

Codec = Literal["H264", "VP8"]
"""As WebRTC calls them; what every browser knows (RFC 7742, section 5)."""

CLOCK = 90_000
"""Of video in RTP, ticks a second (RFC 3551)."""

_VP8 = {
    "deadline": "realtime",
    "cpu-used": "-12",  # a fixed speed: the positive ones depend on the clock
    "lag-in-frames": "0",
    "error-resilient": "1",
    "static-thresh": "1",
}


def open_encoder(codec: Codec, width: int, height: int, fps: float, bitrate: int) -> tuple[av.VideoCodecContext, str]:
    """An encoder, ready for its first frame, and what it is.

    Args:
        codec: for H.264 the hardware's is taken where there is one.
        width, height: pixels, both even.
        fps: frames a second that are expected.
        bitrate: most kilobits a second.

    Raises:
        OutputError: there is none.
    """
    if codec == "H264":
        return open_codec(Encoding("auto", width, height, fps, bitrate))
    context = av.CodecContext.create("libvpx", "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base = Fraction(1, CLOCK)
    context.framerate = Fraction(fps).limit_denominator(1000)
    context.bit_rate = bitrate * 1000
    context.thread_count = 1  # the other cores are the detector's
    context.gop_size = 10_000  # key frames are asked for by time
    context.options = _VP8 | {"maxrate": f"{bitrate}k", "bufsize": f"{bitrate}k"}
    tell_colours(context)
    context.open()
    return context, "libvpx"
