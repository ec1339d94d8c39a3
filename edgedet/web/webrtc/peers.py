"""Those who watch by WebRTC."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from edgedet.config.live import LiveConfig
from edgedet.errors import ExtraMissing
from edgedet.web.bell import Bell
from edgedet.web.webrtc.film import Film
from edgedet.web.webrtc.offer import Offer

if TYPE_CHECKING:
    from edgedet.web.webrtc.peer import Peer

log = logging.getLogger(__name__)

CHECK_EVERY = 2.0
"""Seconds between two looks at whether somebody may still watch."""

CONNECT_WITHIN = 15.0
"""Seconds a viewer has to come once it was answered."""


class TooMany(Exception):
    """As many watch as may."""


class Peers:
    """Answers offers and sees each viewer out; used in one event loop.

    Args:
        config: how many there may be.
    """

    def __init__(self, config: LiveConfig) -> None:
        self._config = config
        self._inside: set[object] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._inside)

    async def answer(
        self, offer: Offer, film: Film, bell: Bell, may: Callable[[], bool], gone: Callable[[], None]
    ) -> str:
        """Let somebody watch a film.

        Args:
            offer: what it asked for.
            film: what it gets.
            bell: rung to wake or send it away.
            may: asked now and then whether it still may watch.
            gone: called in the end, whatever happens.

        Returns:
            The answer's SDP.

        Raises:
            TooMany: as many watch as may.
            DataError: the offer can't be answered.
            ExtraMissing: aiortc isn't installed.
        """
        if len(self._inside) >= self._config.max_peers:
            gone()
            raise TooMany
        place = object()
        self._inside.add(place)

        def leave() -> None:
            self._inside.discard(place)
            gone()

        try:
            peer = (await asyncio.to_thread(_peer))(offer, film, bell)
            sdp = await peer.answer()
        except BaseException:
            leave()
            raise
        task = asyncio.create_task(self._accompany(peer, may, leave))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return sdp

    async def _accompany(self, peer: Peer, may: Callable[[], bool], leave: Callable[[], None]) -> None:
        """Until it goes, or has to."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + CONNECT_WITHIN
        try:
            while not peer.over and may():
                if not peer.connected and loop.time() > deadline:
                    log.info("%s: a WebRTC viewer never came: its network lets nothing through", peer.camera)
                    break
                await peer.changed(CHECK_EVERY)
        finally:
            leave()
            await peer.close()


def _peer() -> type[Peer]:
    """Loaded when the first viewer comes, outside the event loop: it takes a second on a small machine."""
    try:
        from edgedet.web.webrtc.peer import Peer
    except ImportError as error:
        raise ExtraMissing(f"webrtc: {error.name} isn't installed; install edgedet[web]") from None
    return Peer
