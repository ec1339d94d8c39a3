"""WebRTC, with a real peer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription

from edgedet.web.desk import Desk
from tests.web.driving import SmallControl
from tests.web.live.serving import filming, wait_until

OFFER = "/api/cameras/camera/webrtc"


@contextlib.asynccontextmanager
async def watching(visitor: httpx.Client, codec: str = "") -> AsyncIterator[RTCPeerConnection]:
    """A viewer that is connected."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    video = peer.addTransceiver("video", direction="recvonly")
    if codec:
        known = RTCRtpReceiver.getCapabilities("video").codecs
        video.setCodecPreferences([each for each in known if each.mimeType == f"video/{codec}"])
    await peer.setLocalDescription(await peer.createOffer())
    offer = {"sdp": peer.localDescription.sdp, "type": "offer"}
    answer = await asyncio.to_thread(visitor.post, OFFER, json=offer)
    assert answer.status_code == 200, answer.text
    await peer.setRemoteDescription(RTCSessionDescription(**answer.json()))
    try:
        yield peer
    finally:
        await peer.close()


async def pictures(peer: RTCPeerConnection, count: int) -> list[np.ndarray]:
    """So many of those it shows."""
    track = peer.getReceivers()[0].track
    async with asyncio.timeout(15):
        return [(await track.recv()).to_ndarray(format="bgr24") for _ in range(count)]


@pytest.mark.parametrize("codec", ["", "H264", "VP8"])
def test_the_picture_arrives_and_moves(visitor: httpx.Client, desk: Desk, codec: str) -> None:
    async def watch() -> list[np.ndarray]:
        async with watching(visitor, codec) as peer:
            return await pictures(peer, 12)

    with filming(desk.hub, "camera"):
        seen = asyncio.run(watch())
    first, last = seen[0].astype(int), seen[-1].astype(int)
    assert first.shape == (240, 320, 3)
    assert np.abs(first[200, 160] - (40, 40, 160)).max() < 25  # the ground's colour
    assert (last.min(axis=2) > 200).sum() == pytest.approx(3600, rel=0.2)  # the square
    assert np.abs(first - last).max() > 100  # it walked
    wait_until(lambda: len(desk.hub.peers) == 0)


def test_many_viewers_share_one_encoder(visitor: httpx.Client, desk: Desk) -> None:
    async def watch() -> None:
        async with watching(visitor) as one, watching(visitor) as two:
            await asyncio.gather(pictures(one, 10), pictures(two, 10))

    with filming(desk.hub, "camera", fps=10):
        asyncio.run(watch())
    encoders = desk.hub.films["camera"].encoders
    assert 0 < encoders["H264"].encoded < 60
    assert encoders["VP8"].encoded == 0
    wait_until(lambda: len(desk.hub.peers) == 0)
    before = encoders["H264"].encoded
    with filming(desk.hub, "camera"):
        pass
    assert encoders["H264"].encoded == before


def test_one_more_than_there_is_room_for_is_told_so(visitor: httpx.Client, desk: Desk) -> None:
    async def crowd() -> httpx.Response:
        async with contextlib.AsyncExitStack() as crowd:
            for _ in range(desk.hub.config.max_peers):
                await crowd.enter_async_context(watching(visitor))
            offer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
            offer.addTransceiver("video", direction="recvonly")
            wish = {"sdp": (await offer.createOffer()).sdp, "type": "offer"}
            await offer.close()
            return await asyncio.to_thread(visitor.post, OFFER, json=wish)

    answer = asyncio.run(crowd())
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "live.max_peers" in answer.json()["detail"]


@pytest.mark.parametrize("end", ["session", "privacy", "server"])
def test_who_may_no_longer_watch_is_sent_away(
    visitor: httpx.Client, desk: Desk, control: SmallControl, end: str
) -> None:
    async def watch() -> str:
        async with watching(visitor) as peer:
            await pictures(peer, 2)
            if end == "session":
                await asyncio.to_thread(visitor.delete, "/api/session")
            elif end == "privacy":
                control.turn("privacy", True, "camera")
            else:
                desk.hub.hang_up()
            async with asyncio.timeout(10):
                while peer.connectionState not in ("closed", "failed"):
                    await asyncio.sleep(0.05)
            return str(peer.connectionState)

    with filming(desk.hub, "camera"):
        assert asyncio.run(watch()) in ("closed", "failed")
    wait_until(lambda: len(desk.hub.peers) == 0)


VIDEO = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\n"

CANDIDATE = "a=candidate:1 1 udp 2122260223 192.0.2.1 9 typ host\r\n"


@pytest.mark.parametrize(
    ("sdp", "kind", "said"),
    [
        ("", "offer", "no session description"),
        ("nonsense", "offer", "no session description"),
        ("v=0\r\n", "offer", "has nothing in it"),
        (VIDEO + "a=rtpmap:96 AV1/90000\r\n", "offer", "neither H264 nor VP8"),
        (VIDEO + "a=rtpmap:96 VP8/90000\r\n", "offer", "can't be used"),
        (VIDEO + "a=rtpmap:96 VP8/90000\r\na=sendonly\r\n", "offer", "sendonly"),
        (VIDEO + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", "offer", "video, audio"),
        (VIDEO, "answer", "send an offer"),
        (VIDEO + "a=rtpmap:96 VP8/90000\r\n" + CANDIDATE * 65, "offer", "65 addresses; offer 64"),
        (VIDEO + "a=fmtp:x\r\na=rtpmap:96 VP8/90000\r\na=ssrc-group\r\n", "offer", "can't be used"),
    ],
)
def test_a_wrong_offer_is_one_clear_line(visitor: httpx.Client, desk: Desk, sdp: str, kind: str, said: str) -> None:
    answer = visitor.post(OFFER, json={"sdp": sdp, "type": kind})
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"].startswith("webrtc: ")
    assert said in answer.json()["detail"]
    assert len(desk.hub.peers) == 0


def test_a_camera_that_is_private_or_not_there_isnt_shown(visitor: httpx.Client, control: SmallControl) -> None:
    wish = {"sdp": VIDEO, "type": "offer"}
    assert visitor.post("/api/cameras/garden/webrtc", json=wish).status_code == 404
    control.turn("privacy", True, "camera")
    answer = visitor.post(OFFER, json=wish)
    assert answer.status_code == 409
    assert "private" in answer.json()["detail"]
