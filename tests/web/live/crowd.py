"""Many viewers at little cost, for tests that measure what they cost the camera.

    python -m tests.web.live.crowd mjpeg|webrtc COUNT URL TOKEN SECONDS

Prints the pictures a second that the slowest of them got.
"""

from __future__ import annotations

import asyncio
import selectors
import socket
import sys
import time
from urllib.parse import urlsplit

import httpx
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription


def mjpeg(count: int, url: str, token: str, seconds: float) -> float:
    """Reads and counts, without looking at a picture."""
    where = urlsplit(url)
    head = (
        f"GET /api/cameras/camera/stream.mjpg HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    counts = {socket.create_connection((where.hostname, where.port)): 0 for _ in range(count)}
    watching = selectors.DefaultSelector()
    for each in counts:
        each.sendall(head.encode())
        watching.register(each, selectors.EVENT_READ)
    buffer, start = bytearray(1 << 20), time.monotonic()
    while time.monotonic() < start + seconds:
        for key, _ in watching.select(0.1):
            got = key.fileobj.recv_into(buffer)
            assert got, "the camera hung up"
            counts[key.fileobj] += buffer.count(b"Content-Type: image/jpeg", 0, got)
    return min(counts.values()) / seconds


async def webrtc(count: int, url: str, token: str, seconds: float) -> float:
    """Receives and decodes."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=20) as client:
        return min(await asyncio.gather(*[_peer(client, seconds) for _ in range(count)]))


async def _peer(client: httpx.AsyncClient, seconds: float) -> float:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver("video", direction="recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    offer = {"sdp": peer.localDescription.sdp, "type": "offer"}
    answer = await client.post("/api/cameras/camera/webrtc", json=offer)
    assert answer.status_code == 200, answer.text
    await peer.setRemoteDescription(RTCSessionDescription(**answer.json()))
    count, end, track = 0, time.monotonic() + seconds, peer.getReceivers()[0].track
    while time.monotonic() < end:
        await asyncio.wait_for(track.recv(), 30)
        count += 1
    await peer.close()
    return count / seconds


def main(kind: str, count: str, url: str, token: str, seconds: str) -> None:
    if kind == "mjpeg":
        rate = mjpeg(int(count), url, token, float(seconds))
    else:
        rate = asyncio.run(webrtc(int(count), url, token, float(seconds)))
    print(f"{rate:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
