"""Two who take one camera's packets."""

from __future__ import annotations

from typing import cast

from edgedet.camera import Recording
from edgedet.capture import Source
from edgedet.capture.tap import EncodedPacket, Tap, hand_packets
from edgedet.types import Frame


class Fork:
    """Lets a recorder and another tap share a camera's packets; stands in the recorder's place.

    Args:
        recorder: what records the camera; None: nothing does.
        tap: who else takes its packets.
    """

    def __init__(self, recorder: Recording | None, tap: Tap) -> None:
        self._recorder, self._tap = recorder, tap

    def attach(self, source: Source) -> None:
        """Have the source's packets handed to both; called before it is opened."""
        shared = _Shared(source, self._tap)
        if self._recorder is not None:
            self._recorder.attach(cast(Source, shared))

    def frame(self, frame: Frame) -> None:
        """The recorder's frame."""
        if self._recorder is not None:
            self._recorder.frame(frame)


class _Shared:
    """What the source takes for its tap, and the recorder for its source: of that it only wants the packets."""

    def __init__(self, source: Source, tap: Tap) -> None:
        self._taps: tuple[Tap, ...] = (tap,)
        self._has_packets = hand_packets(source, self)
        if not self._has_packets:
            tap.frames_only()

    def packets(self, tap: Tap) -> bool:
        if self._has_packets:
            self._taps += (tap,)
        return self._has_packets

    def packet(self, packet: EncodedPacket) -> None:
        for tap in self._taps:
            tap.packet(packet)

    def frames_only(self) -> None:
        for tap in self._taps:
            tap.frames_only()
