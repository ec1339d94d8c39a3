"""The last seconds of a camera, encoded, in memory: what a clip begins with, and what it is written from."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from itertools import islice

from edgedet.capture.tap import EncodedPacket


@dataclass(slots=True)
class _Group:
    """A key frame and what builds on it: a group of pictures."""

    first: int
    packets: list[EncodedPacket] = field(default_factory=list)
    size: int = 0


class Ring:
    """Packets by number, from the oldest that is still held. One thread puts, others read.

    Whole groups of pictures are let go, so that the oldest packet is always a key frame. They are when they are
    older than ``seconds`` and nobody writes them any more (:meth:`hold`), and in any case when there are too many
    bytes.

    Args:
        seconds: how far back it reaches.
        most_bytes: of the packets in it. A single group that is larger isn't held either.

    Attributes:
        dropped: packets that were let go too early, for want of memory, or that nobody could begin with.
        size: bytes held.
    """

    def __init__(self, seconds: float, most_bytes: int) -> None:
        self.seconds = seconds
        self.dropped = self.size = 0
        self._most = most_bytes
        self._groups: deque[_Group] = deque()
        self._next = 0
        self._wanted: int | None = None
        self._lock = threading.Lock()

    def put(self, packet: EncodedPacket) -> None:
        """Add a packet; what comes before the first key frame is of no use."""
        with self._lock:
            if packet.key:
                self._groups.append(_Group(self._next))
            if self._groups:
                group, size = self._groups[-1], len(packet.data)
                group.packets.append(packet)
                group.size += size
                self.size += size
            else:
                self.dropped += 1
            self._next += 1
            self._let_go(packet.elapsed)

    def _let_go(self, now: float) -> None:
        while self._groups and self.size > self._most:
            self.dropped += len(self._groups[0].packets)
            self.size -= self._groups.popleft().size
        while len(self._groups) > 1:
            second = self._groups[1]
            wanted = self._wanted is not None and second.first > self._wanted
            if wanted or second.packets[0].elapsed > now - self.seconds:
                return
            self.size -= self._groups.popleft().size

    def hold(self, number: int | None) -> None:
        """Keep this packet and all after it until they are too many; None: nobody needs any more."""
        with self._lock:
            self._wanted = number

    def find(self, elapsed: float) -> int:
        """The number of the last key frame at or before this second, or else of the oldest packet."""
        with self._lock:
            found = self._groups[0].first if self._groups else self._next
            for group in self._groups:
                if group.packets[0].elapsed > elapsed:
                    break
                found = group.first
            return found

    def after(self, number: int, most: int = 1 << 30) -> tuple[int, list[EncodedPacket]]:
        """The packets from this number on, at most so many, and the number of the first of them.

        That is a later one, of a key frame, if some were let go meanwhile.
        """
        with self._lock:
            packets: list[EncodedPacket] = []
            first = number
            for group in self._groups:
                if group.first + len(group.packets) <= number:
                    continue
                skip = max(0, number - group.first)
                if not packets:
                    first = group.first + skip
                packets += islice(group.packets, skip, None)
                if len(packets) >= most:
                    break
            return (first, packets[:most]) if packets else (max(number, self._next), [])

    @property
    def reach(self) -> float:
        """Seconds from the oldest packet to the newest."""
        with self._lock:
            if not self._groups:
                return 0.0
            return self._groups[-1].packets[-1].elapsed - self._groups[0].packets[0].elapsed
