"""One viewer's WebRTC connection."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription

from edgedet.errors import DataError
from edgedet.web.bell import Bell
from edgedet.web.webrtc.film import Film
from edgedet.web.webrtc.offer import Offer
from edgedet.web.webrtc.track import PacketTrack

log = logging.getLogger(__name__)


class Peer:
    """Sends a film's packets to a browser, from this machine's own addresses: nobody outside is asked for ours (STUN).

    Args:
        offer: what the browser asked for.
        film: what it gets.
        bell: wakes it, or sends it away.
    """

    def __init__(self, offer: Offer, film: Film, bell: Bell) -> None:
        self.camera = film.camera
        self._offer, self._bell = offer, bell
        self._track = PacketTrack(bell)
        self._codec, self._source = film.choose(offer.codecs)
        self._changed = asyncio.Event()
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.on("connectionstatechange", self._changed.set)
        self._track.on("ended", self._changed.set)

    @property
    def connected(self) -> bool:
        """Whether the browser came."""
        return str(self._connection.connectionState) == "connected"

    @property
    def over(self) -> bool:
        """Whether it went, must go, or has nothing more to see."""
        gone = self._connection.connectionState in ("failed", "closed")
        return gone or self._bell.hung_up or self._track.readyState != "live"

    async def answer(self) -> str:
        """The answer's SDP. Raises DataError if the offer can't be used."""
        connection = self._connection
        sender = connection.addTrack(self._track)
        transceiver = next(each for each in connection.getTransceivers() if each.sender is sender)
        codecs = RTCRtpSender.getCapabilities("video").codecs
        wanted = (f"video/{self._codec}".lower(), "video/rtx")
        transceiver.setCodecPreferences([codec for codec in codecs if codec.mimeType.lower() in wanted])
        try:
            await connection.setRemoteDescription(RTCSessionDescription(self._offer.sdp, "offer"))
            await connection.setLocalDescription(await connection.createAnswer())
        except Exception as error:  # the parser raises whatever a wrong line makes it stumble over
            await self.close()
            log.debug("an offer can't be used", exc_info=error)
            raise DataError(f"webrtc: the offer can't be used ({_said(error)}); send the browser's own") from None
        self._source.follow(self._track.give)
        return str(connection.localDescription.sdp)

    async def changed(self, seconds: float) -> None:
        """Until its state changes, at most so many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)
        self._changed.clear()

    async def close(self) -> None:
        """Let it go."""
        self._source.leave(self._track.give)
        self._track.stop()
        await self._connection.close()


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:120]
