"""The web application behind a real server, with results coming in."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import cv2
import numpy as np
import uvicorn
from fastapi import FastAPI

from edgedet.types import Detections, Frame, FrameResult
from edgedet.web.hub import Hub

LABELS = ("person", "cat")
SIDE = 60


@dataclass(frozen=True)
class Served:
    """A server that runs.

    Attributes:
        port: of 127.0.0.1.
        server: it.
    """

    port: int
    server: uvicorn.Server

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def serving(app: FastAPI) -> Iterator[Served]:
    """A server in a thread; gone at the end, whoever still watches."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 << 10)  # as edgedet.web.service has it
    config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Served(listening.getsockname()[1], server)
    finally:
        server.should_exit = True
        thread.join(5)
        listening.close()
        assert not thread.is_alive()


def moving(camera: str, index: int, width: int = 320, height: int = 240) -> FrameResult:
    """A result with one person: a white square that walks to the right, on a red ground."""
    left = index * 4 % (width - SIDE)
    image = np.full((height, width, 3), (40, 40, 160), np.uint8)
    cv2.rectangle(image, (left, 40), (left + SIDE - 1, 40 + SIDE - 1), (255, 255, 255), cv2.FILLED)
    frame = Frame(image, index, index / 30, index / 30, time.monotonic(), datetime.now(UTC), "test:")
    box = np.array([[left, 40, left + SIDE, 40 + SIDE]], np.float32)
    found = Detections(box, np.array([0.9], np.float32), np.array([0], np.int32), LABELS, np.array([7], np.int64))
    return FrameResult(frame, found, fps=30.0, camera=camera)


@contextlib.contextmanager
def filming(hub: Hub, *cameras: str, fps: float = 30, width: int = 320, height: int = 240) -> Iterator[None]:
    """Results come in from these cameras, in a thread."""
    stop = threading.Event()

    def film() -> None:
        index = 0
        while not stop.wait(1 / fps):
            for camera in cameras:
                hub.publish(moving(camera, index, width, height))
            index += 1

    thread = threading.Thread(target=film, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)


def wait_until(happened: object, seconds: float = 5.0) -> None:
    """Until a function gives something true."""
    deadline = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
