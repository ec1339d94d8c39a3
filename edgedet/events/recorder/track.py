"""A video track of an MP4 file, of packets that are encoded already."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import av
from av.container import OutputContainer

from edgedet.capture.tap import EncodedStream

TICKS = 90_000
"""Of a track's clock in a second, MPEG's own."""

_BASE = Fraction(1, TICKS)
_TAGS = {"h264": "avc1", "hevc": "hvc1"}
_DELIMITER = {"h264": b"\0\0\0\1\x09\xf0", "hevc": b"\0\0\0\1\x46\x01\x50"}
_BEGIN = "begin="
_GLOBAL_HEADER = 1 << 22
"""AV_CODEC_FLAG_GLOBAL_HEADER: an encoder makes parameter sets of its own for the file."""


class Track:
    """Adds the one track to a new file and writes packets into it.

    Args:
        container: the file, just opened for writing; its header is written here.
        stream: what the packets are part of.
        begin: seconds on the source's clock where the file begins; written into it.
    """

    def __init__(self, container: OutputContainer, stream: EncodedStream, begin: float) -> None:
        self._container, self._begin = container, begin
        self._last, self._step = -1, TICKS // 25
        container.metadata["comment"] = f"{_BEGIN}{begin:.6f}"
        # An empty stream of that codec serves as the template: every release of the library can copy one.
        with av.open(io.BytesIO(_DELIMITER[stream.codec]), format=stream.codec) as template:
            self._track: av.VideoStream = container.add_stream_from_template(template.streams.video[0])
        self._track.time_base = _BASE
        context = self._track.codec_context
        context.codec_tag = _TAGS[stream.codec]
        context.extradata = stream.parameters
        context.width, context.height, context.pix_fmt = stream.width, stream.height, "yuv420p"
        # Releases before 16 open an encoder, though nothing is encoded: let it be a small one that leaves the
        # parameter sets alone.
        context.flags &= ~_GLOBAL_HEADER
        context.thread_count, context.options = 1, {"preset": "ultrafast", "tune": "zerolatency"}
        container.start_encoding()

    def write(self, data: bytes, elapsed: float, delay: float, key: bool) -> None:
        """Add a packet; for the meaning see :class:`edgedet.capture.tap.EncodedPacket`.

        Raises:
            av.FFmpegError, OSError: it can't be written.
        """
        packet: av.Packet[Any] = av.Packet(data)
        shown = round((elapsed - self._begin) * TICKS)
        decoded = max(self._last + 1, shown - round(delay * TICKS))  # two packets can't share a tick
        if self._last >= 0:
            self._step = decoded - self._last
        packet.dts, packet.pts, packet.duration = decoded, max(shown, decoded), self._step
        packet.time_base, packet.is_keyframe, packet.stream = _BASE, key, self._track
        self._last = decoded
        self._container.mux(packet)

    @property
    def seconds(self) -> float:
        """How long it is so far."""
        return (self._last + self._step) / TICKS if self._last >= 0 else 0.0


def begin_of(container: av.container.InputContainer) -> float:
    """Where on the source's clock a file begins; 0 if it doesn't say."""
    comment = container.metadata.get("comment", "")
    try:
        return float(comment.removeprefix(_BEGIN)) if comment.startswith(_BEGIN) else 0.0
    except ValueError:
        return 0.0
