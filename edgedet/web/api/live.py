"""What moves: motion JPEG, WebRTC, and a WebSocket that tells of what is found."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field
from starlette.websockets import WebSocketState

from edgedet.web import messages
from edgedet.web.access import viewer_of
from edgedet.web.api.cameras import RETRY, PublicCamera
from edgedet.web.desk import OnDesk
from edgedet.web.multipart import MotionJpeg
from edgedet.web.standing import standing
from edgedet.web.subscriber import Subscriber
from edgedet.web.webrtc import LONGEST, Offer, TooMany

router = APIRouter(prefix="/api", tags=["live"], dependencies=[Depends(viewer_of)])

PING_EVERY = 10.0
"""Seconds without a message after which an empty one is sent: so that a page knows a dead network from a quiet day."""

PATIENCE = 10.0
"""Seconds a listener may take for a message before it is let go."""


class Description(BaseModel):
    """A session description, as a browser's RTCPeerConnection makes and takes them."""

    sdp: Annotated[str, Field(max_length=LONGEST)]
    type: Annotated[str, Field(max_length=20)]


@router.get(
    "/cameras/{camera}/stream.mjpg",
    status_code=200,
    response_class=MotionJpeg,
    responses={
        200: {"content": {"multipart/x-mixed-replace": {}}, "description": "JPEG pictures, without end"},
        409: {"description": "The camera is private"},
        503: {"description": "As many watch as may; see Retry-After"},
    },
)
async def stream(
    camera: PublicCamera,
    desk: OnDesk,
    boxes: bool = True,
    fps: Annotated[float, Query(ge=0.1, le=240)] = 240,
) -> MotionJpeg:
    """The live picture, with boxes or clean, at most so often a second (and never more often than live.fps)."""
    hub, control = desk.hub, desk.control
    feed, fps = hub.feed(camera, boxes), min(fps, hub.config.fps)
    if not feed.enter(fps):
        raise HTTPException(503, f"{camera}: as many watch as may; try again later", RETRY)
    bell = hub.enter(camera)

    def gone() -> None:
        feed.leave(fps)
        hub.leave(bell)

    return MotionJpeg(feed, bell, fps, lambda: not control.is_on("privacy", camera), gone)


@router.post("/cameras/{camera}/webrtc", responses={503: {"description": "As many watch as may; see Retry-After"}})
async def webrtc(camera: PublicCamera, offered: Description, desk: OnDesk, request: Request) -> Description:
    """Answer a browser's offer to receive one video: the clean picture."""
    hub, stands = desk.hub, standing(request)
    if not hub.config.webrtc:
        raise HTTPException(404, "webrtc: not offered here; set live.webrtc, or watch the motion JPEG stream")
    offer = Offer.read(offered.sdp, offered.type)
    bell = hub.enter(camera)
    try:
        sdp = await hub.peers.answer(offer, hub.films[camera], bell, stands, lambda: hub.leave(bell))
    except TooMany:
        most = hub.config.max_peers
        text = f"webrtc: {most} watch already, more than live.max_peers can't; watch the motion JPEG stream"
        raise HTTPException(503, text, RETRY) from None
    return Description(sdp=sdp, type="answer")


@router.websocket("/ws")
async def listen(
    socket: WebSocket,
    desk: OnDesk,
    camera: Annotated[list[str] | None, Query()] = None,
    results: bool = True,
) -> None:
    """Tell of what is found, of events and of switches, in JSON; see :mod:`edgedet.web.messages`.

    Args:
        camera: those it is about; none named: all.
        results: whether of every frame too; events and switches are told anyway.
    """
    await socket.accept()
    unknown = [name for name in camera or () if name not in desk.control.cameras]
    if unknown:
        await socket.close(1008, f"{unknown[0][:40]}: no such camera")
        return
    subscriber = desk.hub.subscribe(camera or desk.control.cameras, results)
    leaving = asyncio.create_task(_until_gone(socket))
    telling = asyncio.create_task(_tell(socket, subscriber))
    try:
        await asyncio.wait((leaving, telling), return_when=asyncio.FIRST_COMPLETED)
    finally:
        desk.hub.unsubscribe(subscriber)
        leaving.cancel()
        telling.cancel()
        await asyncio.gather(leaving, telling, return_exceptions=True)
        if socket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(1001)


async def _tell(socket: WebSocket, subscriber: Subscriber) -> None:
    while not subscriber.bell.hung_up:
        rang = await subscriber.bell.wait(PING_EVERY)
        for message in subscriber.take() if rang else [messages.PING]:
            async with asyncio.timeout(PATIENCE):
                await socket.send_text(message)


async def _until_gone(socket: WebSocket) -> None:
    """Nothing has to be said here; who talks all the same is let go."""
    if (await socket.receive())["type"] == "websocket.receive":
        await socket.close(1003, "nothing is taken here")
