"""A camera's own H.264, from its RTSP stream to a browser's peer, untouched."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Iterator

import httpx
import numpy as np
import pytest

from edgedet.camera import Camera
from edgedet.capture import open_source
from edgedet.config import SourceConfig
from edgedet.types import Detections, Frame, FrameResult
from edgedet.web.desk import Desk
from edgedet.web.webrtc import Fork
from tests.capture.servers import RtspCamera
from tests.web.live.serving import wait_until
from tests.web.live.test_webrtc import pictures, watching


@pytest.fixture
def filmed(desk: Desk) -> Iterator[None]:
    """An RTSP camera's packets and frames come in."""
    tap = desk.hub.films["camera"].tap
    assert tap is not None
    with RtspCamera() as server:
        camera = Camera(open_source(SourceConfig(uri=server.url)), "camera", recorder=Fork(None, tap))

        def put(frame: Frame | None) -> bool:
            if frame is not None:
                desk.hub.publish(FrameResult(frame, Detections.empty(("person",)), camera="camera"))
            return True

        thread = threading.Thread(target=camera.read_all, args=(put,), daemon=True)
        thread.start()
        try:
            wait_until(lambda: tap.trouble == "", 10)
            yield
        finally:
            camera.stop()
            thread.join(5)


@pytest.mark.usefixtures("filmed")
def test_it_is_passed_on_without_encoding(visitor: httpx.Client, desk: Desk) -> None:
    async def watch() -> list[np.ndarray]:
        async with watching(visitor, "H264") as peer:
            return await pictures(peer, 20)

    seen = asyncio.run(watch())
    assert seen[-1].shape == (240, 320, 3)
    moved = [np.abs(one.astype(int) - two).max() for one, two in itertools.pairwise(seen)]
    assert sum(each > 50 for each in moved) >= 15
    assert all(encoder.encoded == 0 for encoder in desk.hub.films["camera"].encoders.values())


@pytest.mark.usefixtures("filmed")
def test_who_knows_no_h264_gets_it_encoded(visitor: httpx.Client, desk: Desk) -> None:
    async def watch() -> list[np.ndarray]:
        async with watching(visitor, "VP8") as peer:
            return await pictures(peer, 3)

    assert len(asyncio.run(watch())) == 3
    assert desk.hub.films["camera"].encoders["VP8"].encoded >= 3
