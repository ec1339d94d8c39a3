"""A browser's WebRTC offer, answered by a real peer."""

from __future__ import annotations

import asyncio
import functools

from edgedet.config.live import LiveConfig
from edgedet.web.bell import Bell
from edgedet.web.webrtc.film import Film
from edgedet.web.webrtc.offer import Offer
from edgedet.web.webrtc.peer import Peer
from tests.fuzz.builders.asgi import loop
from tests.fuzz.builders.offer import OFFER
from tests.fuzz.judge import Wrong
from tests.fuzz.targets import offer

LONGEST = 4096
INCLUDE = ("aiortc.sdp",)
WORDS = offer.WORDS
_PATIENCE = 10.0


@functools.cache
def _film() -> Film:
    return Film("camera", LiveConfig(), may_pass=False)


def case(data: bytes) -> None:
    read = Offer.read(data.decode("utf-8", "replace"), "offer")
    loop().run_until_complete(asyncio.wait_for(_answered(read), _PATIENCE))


async def _answered(read: Offer) -> None:
    peer = Peer(read, _film(), Bell("camera"))
    try:
        if not (await peer.answer()).startswith("v=0"):
            raise Wrong("an answer that is none")
    finally:
        await peer.close()


def seeds() -> list[bytes]:
    return [OFFER.encode(), OFFER.replace("a=mid:0\r\n", "").encode(), OFFER.replace("sha-256", "sha-1").encode()]
