"""Motion JPEG: one picture after the other in an answer that doesn't end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from edgedet.publish.feed import Feed
from edgedet.web.bell import Bell

BOUNDARY = "edgedet-next-frame"

STILL_HERE = 5.0
"""Seconds without a new picture after which the last is sent again: that is how one finds a viewer gone."""

PATIENCE = 10.0
"""Seconds a viewer may take for a picture before it is let go."""


class MotionJpeg(Response):
    """The pictures of a feed, the newest each time the viewer is ready for one.

    Nothing is kept for a viewer but the picture it is being sent. The caller has entered the feed already; it is
    left when the viewer goes, has to, or no longer takes anything.

    Args:
        feed: where the pictures come from.
        bell: rung for each, and to send the viewer away.
        fps: most pictures a second.
        may: asked before a picture is sent again whether it still may be seen.
        gone: called in the end, whatever happens.
    """

    media_type = f"multipart/x-mixed-replace;boundary={BOUNDARY}"

    def __init__(self, feed: Feed, bell: Bell, fps: float, may: Callable[[], bool], gone: Callable[[], None]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "Connection": "close"})
        del self.headers["content-length"]
        self._feed, self._bell, self._fps, self._may, self._gone = feed, bell, fps, may, gone

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send until either side ends it."""
        self._feed.tell(self._bell.ring)
        leaving = asyncio.create_task(_until_gone(receive))
        sending = asyncio.create_task(self._send_all(send))
        try:
            await asyncio.wait((leaving, sending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._feed.tell_no_more(self._bell.ring)
            self._gone()
            leaving.cancel()
            sending.cancel()
            await asyncio.gather(leaving, sending, return_exceptions=True)

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        first = True
        async with aclosing(self._pictures()) as pictures:
            async for jpeg in pictures:
                # each picture is followed by the next one's boundary, not led by its own: a browser shows it at once
                head = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
                begin = f"--{BOUNDARY}\r\n".encode() if first else b""
                body = b"".join((begin, head, jpeg, f"\r\n--{BOUNDARY}\r\n".encode()))
                first = False
                async with asyncio.timeout(PATIENCE):
                    await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pictures(self) -> AsyncGenerator[bytes, None]:
        # what came while nobody watched isn't encoded yet, and a still camera may send no other for long
        await asyncio.to_thread(self._feed.jpeg)
        seen, step = 0, 1 / self._fps
        while not self._bell.hung_up:
            due = time.monotonic() + step
            number, jpeg = self._feed.next_jpeg(seen, 0)
            again = number == seen and not await self._bell.wait(STILL_HERE)
            if self._bell.hung_up or (again and not self._may()):
                return
            if jpeg is not None and (again or number != seen):
                seen = number
                yield jpeg
                # the feed's own pace is no quicker than the keenest viewer's; a tenth leaves room for its unevenness
                await asyncio.sleep(max(0.0, due - time.monotonic() - step / 10))


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
