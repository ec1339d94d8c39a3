"""Cameras and connections that a case may have, closed with it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.capture.servers import HttpCamera, RtspCamera
from tests.chaos.bed import Bed
from tests.chaos.proxy import Proxy, proxy


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of network camera.

    Attributes:
        name: how the names of its cases begin.
        area: their area.
        scheme, path: of its address.
        server: what a refusal of its own begins with: ``HTTP/1.1``.
    """

    name: str
    area: str
    scheme: str
    path: str
    server: str

    def port(self, bed: Bed, login: str = "") -> int:
        """Start one; its port."""
        if self.scheme == "rtsp":
            user, _, password = login.partition(":")
            options = ["--user", user, "--password", password] if login else []
            return int(bed.stack.enter_context(RtspCamera(*options)).port)
        return bed.stack.enter_context(HttpCamera(login=login)).port

    def behind(self, bed: Bed, login: str = "") -> Proxy:
        """Start one behind a proxy."""
        return bed.stack.enter_context(proxy(self.port(bed, login), bed.random))


RTSP = Kind("rtsp", "source: RTSP", "rtsp", "live", "RTSP/1.0")
MJPEG = Kind("mjpeg", "source: MJPEG over HTTP", "http", "mjpeg", "HTTP/1.1")
KINDS = (RTSP, MJPEG)
