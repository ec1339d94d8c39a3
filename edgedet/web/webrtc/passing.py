"""Passes a camera's own H.264 on to browsers: no encoding at all."""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from typing import cast

import av

from edgedet.capture.tap import EncodedPacket, EncodedStream, parameter_sets
from edgedet.web.webrtc.codecs import CLOCK
from edgedet.web.webrtc.spread import Give, Spread, VideoPacket

SPAN = 4.0
"""Seconds that are looked at to tell whether a stream fits, and between two key frames at most: a new viewer sees
nothing until the next one."""

_MOST_PACKETS = 1024


class Passing:
    """A tap on a camera's packets, and those who follow them.

    Its bits are counted, since every packet to every viewer costs: beyond some megabits, encoding a smaller picture
    once for all is the cheaper way.

    Args:
        bitrate: most kilobits a second that are passed on.
    """

    def __init__(self, bitrate: int) -> None:
        self._bitrate, self._spread = bitrate, Spread()
        self._lately = deque[tuple[float, int]](maxlen=_MOST_PACKETS)
        self._bytes = 0
        self._stream: EncodedStream | None = None
        self._last_key = float("-inf")
        self._trouble = "its film doesn't come encoded"

    @property
    def trouble(self) -> str:
        """Why the film can't be passed on as it comes; empty: it can."""
        return self._trouble

    def follow(self, give: Give) -> None:
        """Give somebody the packets from the next key frame on."""
        self._spread.add(give)

    def leave(self, give: Give) -> None:
        """It is gone."""
        self._spread.remove(give)

    def packet(self, packet: EncodedPacket) -> None:
        """Take the camera's next one, in the thread that receives it."""
        self._weigh(packet)
        if self._trouble:
            self._spread.end()
        elif len(self._spread):
            data = packet.data
            if packet.key and not parameter_sets("h264", data):
                data = packet.stream.parameters + data
            ready = cast(VideoPacket, av.Packet(data))
            ready.pts, ready.time_base = round(packet.elapsed * CLOCK), Fraction(1, CLOCK)
            self._spread.give(ready, packet.key)

    def frames_only(self) -> None:
        """The camera's film comes otherwise now."""
        self._trouble = "its film doesn't come encoded"
        self._forget()
        self._spread.end()

    def _forget(self) -> None:
        self._lately.clear()
        self._bytes, self._stream, self._last_key = 0, None, float("-inf")

    def _weigh(self, packet: EncodedPacket) -> None:
        """Whether what came lately can be passed on."""
        now, lately = packet.elapsed, self._lately
        if (lately and not 0 <= now - lately[-1][0] < SPAN) or packet.stream != self._stream:
            self._forget()
            self._stream = packet.stream
        if len(lately) == _MOST_PACKETS:
            self._bytes -= lately[0][1]
        lately.append((now, len(packet.data)))
        self._bytes += len(packet.data)
        while now - lately[0][0] > SPAN:
            self._bytes -= lately.popleft()[1]
        if packet.key:
            self._last_key = now
        self._trouble = self._find_trouble(packet)

    def _find_trouble(self, packet: EncodedPacket) -> str:
        now, seconds = packet.elapsed, packet.elapsed - self._lately[0][0]
        if packet.stream.codec != "h264":
            return f"it is {packet.stream.codec}"
        if packet.stream.parameters[:1] == b"\1":
            return "it isn't in Annex B form"
        if packet.delay:
            return "it has B-frames"
        if now - self._last_key > SPAN:
            return f"there are more than {SPAN:g} s between key frames"
        if seconds < SPAN / 2:
            return self._trouble and "it has only just begun"
        rate = self._bytes * 8e-3 / seconds
        # what goes on isn't stopped for a little more
        if rate > self._bitrate * (1 if self._trouble else 1.5):
            return f"it has {rate:.0f} kbit/s, more than live.webrtc_pass"
        return ""
