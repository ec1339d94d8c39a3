"""A film's packets, on their way to one viewer."""

from __future__ import annotations

import threading
from collections import deque

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from edgedet.web.bell import Bell
from edgedet.web.webrtc.spread import VideoPacket

MOST_WAITING = 60
"""Packets that wait for an event loop that is late; then they are dropped up to the next key frame."""

_PATIENCE = 3600.0


class PacketTrack(MediaStreamTrack):
    """A video track of packets that are encoded already: aiortc cuts them to size and sends them.

    Args:
        bell: rung when there is one.
    """

    kind = "video"

    def __init__(self, bell: Bell) -> None:
        super().__init__()
        self._bell, self._lock = bell, threading.Lock()
        self._packets = deque[VideoPacket]()
        self._started = self._ended = False

    def give(self, packet: VideoPacket | None, key: bool) -> None:
        """Take the next packet, in any thread; the first one is a key frame. None: there are no more."""
        with self._lock:
            if packet is None:
                self._ended = True
            else:
                if len(self._packets) >= MOST_WAITING:
                    self._packets.clear()
                    self._started = False
                self._started = self._started or key
                if not self._started:
                    return
                self._packets.append(packet)
        self._bell.ring()

    @property
    def over(self) -> bool:
        """Whether the film has ended."""
        return self._ended

    async def recv(self) -> VideoPacket:
        """The next packet. Raises MediaStreamError after the last."""
        while True:
            with self._lock:
                if self._ended or self._bell.hung_up or self.readyState != "live":
                    raise MediaStreamError
                if self._packets:
                    return self._packets.popleft()
            await self._bell.wait(_PATIENCE)
