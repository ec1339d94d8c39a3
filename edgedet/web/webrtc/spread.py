"""One film, many who follow it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import av

VideoPacket: TypeAlias = "av.Packet[av.VideoStream]"
"""An encoded picture."""

Give = Callable[["VideoPacket | None", bool], None]
"""Takes the next packet and whether a decoder can begin with it; None: there will be no more."""


class Spread:
    """Hands packets to whoever follows; from any thread."""

    def __init__(self) -> None:
        self._followers: tuple[Give, ...] = ()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._followers)

    def add(self, give: Give) -> None:
        """Somebody follows; the first packet it can use is the next key frame."""
        with self._lock:
            self._followers += (give,)

    def remove(self, give: Give) -> None:
        """It is gone; twice is fine."""
        with self._lock:
            self._followers = tuple(each for each in self._followers if each != give)

    def give(self, packet: VideoPacket, key: bool) -> None:
        """Hand on a packet."""
        for give in self._followers:
            give(packet, key)

    def end(self) -> None:
        """There will be no more: let everybody go."""
        with self._lock:
            followers, self._followers = self._followers, ()
        for give in followers:
            give(None, False)
