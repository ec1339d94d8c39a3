"""Network cameras, by PyAV: RTSP, MJPEG over HTTP, video over HTTP."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import av
import av.logging
from av.error import FFmpegError

from edgedet.capture import Source, SourceStatus
from edgedet.capture.handle import Handle
from edgedet.capture.reconnect import Reconnecting
from edgedet.capture.redact import redact
from edgedet.capture.stamp import Stamper
from edgedet.capture.video import to_bgr
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.types import Frame

log = logging.getLogger(__name__)

_REASONS: tuple[tuple[str, str], ...] = (
    ("HTTPUnauthorizedError", "user or password are refused (401); give them as rtsp://USER:PASSWORD@..."),
    ("HTTPForbiddenError", "access is forbidden (403); check the user's rights on the camera"),
    ("HTTPNotFoundError", "the camera has no such stream (404); check the path"),
    ("HTTPServerError", "the server failed (5xx)"),
    ("ConnectionRefusedError", "connection refused; is the camera on, and the port right?"),
    ("ConnectionResetError", "the connection was reset"),
    ("TimeoutError", "no answer in time; check the address and the network"),
    ("ExitError", "no answer in time; check the address and the network"),
    ("InvalidDataError", "what comes isn't video"),
)


def open_stream(config: SourceConfig) -> Source:
    """A network camera that is opened again whenever it is lost."""
    uri = redact(config.uri)
    return Reconnecting(lambda: NetworkStream(config), uri, config.retry_max, patient=True)


class NetworkStream:
    """One connection to a network camera.

    A live stream that ends or stalls is lost: :meth:`read` raises SourceError. A video file over HTTP, which has a
    duration, ends.
    """

    live = True

    def __init__(self, config: SourceConfig) -> None:
        self.uri = redact(config.uri)
        self._config = config
        self._handle: Handle | None = None
        self._frames: Iterator[Frame] = iter(())
        self._status = SourceStatus("opening")

    def open(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        av.logging.set_level(None)  # its lines have addresses with passwords in them
        config = self._config
        options = {"fflags": "nobuffer", "flags": "low_delay"}
        if config.uri.lower().startswith("rtsp"):
            options |= {"rtsp_transport": config.transport, "allowed_media_types": "video"}
        try:
            container = av.open(config.uri, options=options, timeout=(config.open_timeout, config.stall_timeout))
        except (FFmpegError, OSError, ValueError) as error:
            raise self._lost(error) from None
        self._handle = Handle(container.close)
        if not container.streams.video:
            self._handle.close()
            raise SourceError(f"{self.uri}: there is no video in it; check the address")
        stream = container.streams.video[0]
        stream.thread_type = "NONE"  # frame threads would hold back a frame each
        codec = stream.codec_context
        rate = f" {float(stream.average_rate):g} fps" if stream.average_rate else ""
        self._status = SourceStatus("open", f"{codec.name} {codec.width}x{codec.height}{rate}")
        self._frames = self._play(container)

    def _play(self, container: av.container.InputContainer) -> Iterator[Frame]:
        stamp = Stamper(self.uri)
        broken = 0
        try:
            for packet in container.demux(container.streams.video[0]):
                try:
                    decoded = packet.decode()
                except FFmpegError:
                    broken += 1
                    log.debug("%s: a packet couldn't be decoded (%d so far)", self.uri, broken)
                    continue
                for frame in decoded:
                    yield stamp(to_bgr(frame, self.uri))
        except (FFmpegError, OSError) as error:
            if type(error).__name__ == "ExitError":
                raise SourceError(f"{self.uri}: no frame for {self._config.stall_timeout:g} s") from None
            raise self._lost(error) from None
        if container.duration is None or not self.uri.lower().startswith("http"):
            raise SourceError(f"{self.uri}: the stream ended")

    def _lost(self, error: Exception) -> SourceError:
        name = type(error).__name__
        reason = next((text for kind, text in _REASONS if kind == name), None)
        if reason is None:
            reason = (
                redact(str(getattr(error, "strerror", None) or error)).lower() + "; check the address and the network"
            )
        return SourceError(f"{self.uri}: {reason}")

    def read(self) -> Frame | None:
        """See :class:`edgedet.capture.Source`. Raises SourceError when the connection is lost."""
        if self._handle is None:
            return None
        with self._handle.reading() as usable:
            frame = next(self._frames, None) if usable else None
        return None if self._handle.closed.is_set() else frame

    def status(self) -> SourceStatus:
        """See :class:`edgedet.capture.Source`."""
        return self._status

    def close(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        if self._handle is not None:
            self._handle.close()
        self._status = SourceStatus("closed")
