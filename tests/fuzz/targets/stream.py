"""What a network camera sends: any bytes where an answer in HTTP or RTSP should be."""

from __future__ import annotations

import contextlib
import functools
import socket
import threading

import cv2
import numpy as np

from edgedet.capture.stream import StreamDriver
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from tests.fuzz.judge import SECRET, Wrong

LONGEST = 16384
SECONDS = 15
WORDS = (
    b"HTTP/1.1 200 OK\r\n", b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n",
    b"Content-Type: multipart/x-mixed-replace;boundary=b\r\n", b"--b\r\n", b"Content-Length: 99999999999\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n", b"ffffffff\r\n", b"\r\n\r\n", b"Location: file:///etc/passwd\r\n",
    b"HTTP/1.1 302 Found\r\n", b"WWW-Authenticate: Digest realm=x\r\n", b"Content-Encoding: gzip\r\n",
    b"m=video 0 RTP/AVP 26\r\n", b"Content-Type: application/sdp\r\n",
)  # fmt: skip
_FRAMES = 5


class _Camera:
    """Answers every connection with the same bytes, whatever is asked, and hangs up."""

    def __init__(self) -> None:
        self.answer = b""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            there, _ = self._listening.accept()
            with there, contextlib.suppress(OSError):
                there.settimeout(2)
                there.recv(1 << 16)
                there.sendall(self.answer)
                there.shutdown(socket.SHUT_WR)
                there.recv(1 << 16)


@functools.cache
def _camera() -> _Camera:
    return _Camera()


def case(data: bytes) -> None:
    """The first byte chooses between HTTP and RTSP."""
    camera = _camera()
    scheme, camera.answer = "rtsp" if data[:1] == b"r" else "http", data[1:]
    uri = f"{scheme}://user:{SECRET}@127.0.0.1:{camera.port}/live"
    driver = StreamDriver(SourceConfig(uri=uri, open_timeout=1, stall_timeout=1), live=False)
    try:
        granted = driver.open(threading.Event())
        for _ in range(_FRAMES):
            shot = driver.read()
            if shot is None:
                break
            _look(shot.picture())
    except SourceError as error:
        if SECRET in str(error) or not str(error).strip():
            raise Wrong(f"said {error}") from None
    else:
        if SECRET in granted:
            raise Wrong(f"granted {granted}")
    finally:
        driver.close()


def _look(image: np.ndarray | None) -> None:
    if image is not None and (image.dtype != np.uint8 or image.ndim != 3):
        raise Wrong(f"{image.dtype} {image.shape}")


def seeds() -> list[bytes]:
    jpeg = cv2.imencode(".jpg", np.zeros((16, 16, 3), np.uint8))[1].tobytes()
    part = b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(jpeg), jpeg)
    head = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n"
    describe = b"v=0\r\nm=video 0 RTP/AVP 26\r\n"
    options = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE, SETUP, PLAY\r\n\r\n"
    described = b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%b" % (
        len(describe), describe)  # fmt: skip
    return [b"h" + head + part * 3, b"hHTTP/1.1 401 Unauthorized\r\n\r\n", b"h" + head + b"--b\r\n\r\n" + jpeg,
            b"r" + options + described, b"hHTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n"]  # fmt: skip
