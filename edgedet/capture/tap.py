"""Hands on what a stream sends as it comes, still encoded, for a recording that costs no encoding."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import av

CodecName = Literal["h264", "hevc"]

CODECS: tuple[CodecName, ...] = ("h264", "hevc")
"""What is handed on; everything else has to be encoded."""

_PARAMETERS: dict[CodecName, tuple[int, ...]] = {"h264": (7, 8), "hevc": (32, 33, 34)}
"""Types of the NAL units that a decoder needs first (ITU-T H.264 table 7-1, H.265 table 7-1)."""

_FOLLOW, _FOLLOW_MOST = 0.02, 0.002
"""How a timeline gives way to packets that come late: by this share, and by at most so many seconds a packet. A
camera whose clock is 5 % slow at 25 frames a second is kept up with; a stall of the network isn't taken for time."""


@dataclass(frozen=True, slots=True)
class EncodedStream:
    """What a decoder has to know before the first packet. Streams that are equal can share a file.

    Attributes:
        codec: its name.
        parameters: the parameter sets, as the stream carries them: in Annex B form, or as avcC or hvcC.
        width, height: pixels.
    """

    codec: CodecName
    parameters: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True, eq=False)
class EncodedPacket:
    """One encoded picture.

    Attributes:
        data: as it came.
        elapsed: when it was taken, in seconds of the source's clock (:attr:`edgedet.types.Frame.elapsed`).
        delay: seconds by which it has to be decoded before that; 0 unless pictures come in another order than shown.
        key: whether a decoder can begin here.
        stream: what it is part of.
    """

    data: bytes
    elapsed: float
    delay: float
    key: bool
    stream: EncodedStream


class Tap(Protocol):
    """Takes packets, in the thread that receives them: it must be quick and raise nothing."""

    def packet(self, packet: EncodedPacket) -> None:
        """The next one, in decoding order."""

    def frames_only(self) -> None:
        """What is connected now has no packets worth keeping: only its frames are there."""


def hand_packets(source: Any, tap: Tap) -> bool:
    """Let a source hand its packets to ``tap``; to be called before it is opened.

    Args:
        source: an :class:`edgedet.capture.Source`.
        tap: who takes them.

    Returns:
        False if it has none: all there is are its frames.
    """
    packets: Callable[[Tap], bool] | None = getattr(source, "packets", None)
    return packets is not None and packets(tap)


def parameter_sets(codec: CodecName, data: bytes) -> bytes:
    """The parameter sets before the first slice of a picture in Annex B form; empty if there are none."""
    sets, at = b"", data.find(b"\0\0\1")
    while 0 <= at < len(data) - 3:
        kind = data[at + 3] & 31 if codec == "h264" else data[at + 3] >> 1 & 63
        if kind in ((1, 5) if codec == "h264" else range(32)):
            break
        end = data.find(b"\0\0\1", at + 3)
        if kind in _PARAMETERS[codec]:
            sets += b"\0\0\0\1" + data[at + 3 : end if end >= 0 else None].rstrip(b"\0")
        at = end
    return sets


class Timeline:
    """Puts packets on the source's clock: as evenly spaced as their time stamps say, and never after they came.

    The stamps alone won't do, since many cameras' clocks are slow or fast or jump; nor will the arrivals, which are
    as uneven as the network.
    """

    def __init__(self) -> None:
        self._offset: float | None = None
        self._last = 0.0

    def __call__(self, stamp: float, arrived: float) -> float:
        """When a packet was taken, from its time stamp and when it arrived; all in seconds."""
        if self._offset is None or stamp < self._last:
            self._offset = arrived - stamp
        late = arrived - stamp - self._offset
        self._offset += late if late < 0 else min(late * _FOLLOW, _FOLLOW_MOST)
        self._last = stamp
        return stamp + self._offset


class Relay:
    """Between a source that outlives its connections and whoever takes their packets.

    Attributes:
        tap: who takes them; None: nobody.
        start: ``time.monotonic()`` seconds of the source's zero; 0 of a live one.
    """

    def __init__(self) -> None:
        self.tap: Tap | None = None
        self.start = 0.0

    def connect(self, stream: av.VideoStream, stop: threading.Event) -> Callable[[av.Packet[Any], float], None]:
        """What hands on the packets of a new connection once they are decoded, given when they arrived.

        Args:
            stream: what they belong to.
            stop: set once the connection is given up: what still comes out of it isn't handed on.
        """
        tap, codec = self.tap, next((c for c in CODECS if c == stream.codec_context.name), None)
        if tap is None or codec is None:
            self.frames_only()
            return lambda *_: None
        return _Connection(tap, codec, stream, self.start, stop)

    def frames_only(self) -> None:
        """The new connection's packets aren't handed on."""
        if self.tap is not None:
            self.tap.frames_only()


class _Connection:
    def __init__(self, tap: Tap, codec: CodecName, stream: av.VideoStream, start: float, stop: threading.Event) -> None:
        self._tap, self._codec, self._stream = tap, codec, stream
        self._start, self._stop = start, stop
        self._timeline = Timeline()
        self._encoded: EncodedStream | None = None

    def __call__(self, packet: av.Packet[Any], arrived: float) -> None:
        if not packet.size or self._stop.is_set():
            return
        data, base = bytes(packet), float(packet.time_base or 0)
        since = arrived - self._start
        stamp = packet.dts if packet.dts is not None else packet.pts
        decoded = self._timeline(stamp * base, since) if stamp is not None else since
        delay = max(0.0, (packet.pts - packet.dts) * base) if packet.pts is not None and packet.dts is not None else 0.0
        if packet.is_keyframe:
            self._look(data)
        if self._encoded is not None:
            self._tap.packet(EncodedPacket(data, decoded + delay, delay, packet.is_keyframe, self._encoded))

    def _look(self, key: bytes) -> None:
        """At a key frame the decoder has just read: the picture's size may have changed with it."""
        context = self._stream.codec_context
        known = self._encoded
        if known is not None and (known.width, known.height) == (context.width, context.height):
            return
        given = context.extradata or b""
        annex_b = given[:1] != b"\1"
        parameters = (parameter_sets(self._codec, key) if annex_b else b"") or given
        if parameters and context.width and context.height:
            self._encoded = EncodedStream(self._codec, parameters, context.width, context.height)
