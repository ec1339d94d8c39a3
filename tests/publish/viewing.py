"""A server to watch, and those who watch it."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import cv2
import numpy as np

from edgedet.config import MjpegConfig
from edgedet.publish.mjpeg import MjpegPublisher
from edgedet.types import Image

WAIT = 20.0
"""Seconds after which something that should happen is taken not to: long, for a busy machine."""


@contextmanager
def serving(*cameras: str, **config: int | str) -> Iterator[MjpegPublisher]:
    publisher = MjpegPublisher(MjpegConfig.model_validate({"port": 0, **config}), cameras or ("",))
    publisher.open()
    try:
        yield publisher
    finally:
        publisher.close()


def port_of(publisher: MjpegPublisher) -> int:
    return int(publisher.url.rstrip("/").rpartition(":")[2])


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.01)


def connect(publisher: MjpegPublisher, receive_buffer: int = 0) -> socket.socket:
    connection = socket.socket()
    connection.settimeout(WAIT)
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.connect(("127.0.0.1", port_of(publisher)))
    return connection


def ask(publisher: MjpegPublisher, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port_of(publisher), timeout=WAIT)
    connection.request(method, path, headers=headers)
    return connection.getresponse()


class Viewer:
    """Watches the stream as a browser does."""

    def __init__(self, publisher: MjpegPublisher) -> None:
        self.response = ask(publisher, "/stream.mjpg")
        assert self.response.status == 200
        kind = self.response.headers["Content-Type"]
        assert kind.startswith("multipart/x-mixed-replace;")
        self.boundary = f"--{kind.partition('boundary=')[2]}\r\n".encode()
        assert self.response.readline() == self.boundary
        self.bytes_read = len(self.boundary)

    def picture(self) -> Image:
        """The next picture; the boundary that ends it comes with it."""
        assert self.response.readline() == b"Content-Type: image/jpeg\r\n"
        length = int(self.response.readline().partition(b":")[2])
        assert self.response.readline() == b"\r\n"
        data = self.response.read(length)
        self.bytes_read += length
        assert self.response.read(2) == b"\r\n"
        assert self.response.readline() == self.boundary
        return as_image(data)


def as_image(jpeg: bytes) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def grey_of(image: Image) -> int:
    return int(np.median(image))
