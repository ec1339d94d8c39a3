"""A browser's WebRTC offer: whether it can be answered, and its lines as aiortc reads them."""

from __future__ import annotations

from aiortc.sdp import SessionDescription

from edgedet.web.webrtc.offer import Offer
from tests.fuzz.builders.offer import OFFER

LONGEST = 16384
INCLUDE = ("aiortc.sdp",)
WORDS = (
    b"v=0\r\n", b"m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", b"a=rtpmap:96 H264/90000\r\n", b"a=rtpmap:97 VP8/90000\r\n",
    b"a=recvonly\r\n", b"a=candidate:", b".local ", b"a=fmtp:96 ", b"a=group:BUNDLE 0\r\n", b"a=setup:actpass\r\n",
    b"a=ssrc-group:FID ", b"a=extmap:", b"a=rtcp-fb:", b"c=IN IP4 0.0.0.0\r\n", b"\r\n", b"\n",
)  # fmt: skip


def case(data: bytes) -> None:
    offer = Offer.read(data.decode("utf-8", "replace"), "offer")
    try:
        SessionDescription.parse(offer.sdp)
    except Exception:  # edgedet/web/webrtc/peer.py says so in a line, whatever it was
        return


def seeds() -> list[bytes]:
    return [
        OFFER.encode(),
        OFFER.replace("recvonly", "sendonly").encode(),
        b"v=0\r\n",
        b"v=0\r\nm=video\r\nm=audio\r\n",
    ]
