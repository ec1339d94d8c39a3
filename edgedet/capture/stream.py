"""Network cameras and streams through FFmpeg (PyAV): RTSP, MJPEG over HTTP, video over HTTP."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import TypeAlias

import av

from edgedet.capture import Source
from edgedet.capture.backlog import Backlog
from edgedet.capture.network import explain, host_of, resolve
from edgedet.capture.receiver import Lost, Shot
from edgedet.capture.reconnect import Reconnecting
from edgedet.capture.redact import redact
from edgedet.capture.tap import Relay
from edgedet.capture.video import BgrConverter, jpeg_decoder, video_stream
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.pyav import any_metadata
from edgedet.types import Image

log = logging.getLogger(__name__)

VideoPacket: TypeAlias = "av.Packet[av.VideoStream]"

ENDED = "the stream ended"


def open_stream(config: SourceConfig) -> Source:
    """A network source that is opened again when it is lost. Not opened yet.

    With ``as_fast`` an HTTP address is taken for a file: every frame, no pacing, and a loss is an error.

    Raises:
        SourceError: the address makes no sense.
    """
    uri = redact(config.uri)
    try:
        host_of(config.uri)
    except SourceError as error:
        raise SourceError(f"{uri}: {error}") from None
    live = not (config.as_fast and config.uri.lower().startswith("http"))
    relay, endless = Relay(), threading.Event()
    driver = partial(StreamDriver, config, live, relay, endless)
    return Reconnecting(uri, driver, config, patient=True, live=live, relay=relay)


class StreamDriver:
    """One connection to a stream.

    A stream that ends is lost; only a file over HTTP, known by its length, ends as it should. Such a file is shown
    at its own pace if live.

    Args:
        config: the address and its timeouts.
        live: whether a file is shown at its own pace.
        relay: where the packets of what isn't a file go, beside being decoded.
        endless: set once a connection to this address was no file; from then on none is.
    """

    def __init__(
        self,
        config: SourceConfig,
        live: bool = True,
        relay: Relay | None = None,
        endless: threading.Event | None = None,
    ) -> None:
        self._config, self._live, self._relay = config, live, relay or Relay()
        self._endless = endless or threading.Event()
        self._scheme, _, self._rest = config.uri.partition("://")
        self._rtsp = self._scheme.lower().startswith("rtsp")
        self._container: av.container.InputContainer | None = None
        self._frames: Iterator[Shot] = iter(())
        self._skipping = self._complained = False

    def open(self, stop: threading.Event) -> str:
        """See :class:`edgedet.capture.receiver.Driver`."""
        config = self._config
        resolve(host_of(config.uri))
        # Not fflags=nobuffer: it throws away what was read to learn about the stream, the first key frame with it.
        options = {"fpsprobesize": "0"}
        if self._rtsp:
            options |= {"rtsp_transport": config.transport, "allowed_media_types": "video"}
        timeout = (config.open_timeout, config.stall_timeout)
        started = time.monotonic()
        try:
            address = f"{self._scheme.lower()}://{self._rest}"
            # A camera's name for its stream may be in any encoding.
            container = av.open(address, options=options, timeout=timeout, **any_metadata())
        except (av.FFmpegError, OSError, ValueError) as error:
            late = time.monotonic() - started >= config.open_timeout  # FFmpeg calls what it cut short by many names
            raise explain(TimeoutError() if late else error, config.open_timeout) from None
        self._container = container
        stream = video_stream(container)
        self._frames = self._receive(container, stream, stop)
        codec, rate = stream.codec_context, stream.average_rate
        return f"{codec.name} {codec.width}x{codec.height}" + (f" {float(rate):g} fps" if rate else "")

    def read(self) -> Shot | None:
        """See :class:`edgedet.capture.receiver.Driver`."""
        try:
            return next(self._frames, None)
        except (av.FFmpegError, OSError) as error:
            raise error if isinstance(error, SourceError) else explain(error, self._config.stall_timeout) from None

    def close(self) -> None:
        """See :class:`edgedet.capture.receiver.Driver`."""
        if self._container is not None:
            self._container.close()

    def _receive(
        self, container: av.container.InputContainer, stream: av.VideoStream, stop: threading.Event
    ) -> Iterator[Shot]:
        is_file = not self._rtsp and (container.duration or (container.size or 0) > 0)  # PyAV 19 gives None
        # A camera that starts may send a single picture for a while, and noise may look like a file.
        if is_file and not self._endless.is_set():
            self._relay.frames_only()
            return self._play(container, stream, stop)
        self._endless.set()
        if stream.codec_context.name == "mjpeg":
            self._relay.frames_only()
            return self._pass_on(container, stream)
        return self._decode(container, stream, stop)

    def _play(
        self, container: av.container.InputContainer, stream: av.VideoStream, stop: threading.Event
    ) -> Iterator[Shot]:
        """A file: all its frames, each when it is due if live."""
        convert = BgrConverter()
        while True:
            start: float | None = None
            for packet in container.demux(stream):
                for frame in _decoded(packet):
                    now, stamp = time.monotonic(), frame.time or 0.0
                    start = now - stamp if start is None else start
                    if self._live and stop.wait(max(0.0, start + stamp - now)):
                        return
                    yield Shot(partial(convert, frame), time.monotonic())
            if not self._config.loop:
                return
            container.seek(0)

    def _pass_on(self, container: av.container.InputContainer, stream: av.VideoStream) -> Iterator[Shot]:
        """Motion JPEG: every packet is a whole picture, so only those that are taken are decoded.

        That happens in the taking thread, while this one may close the stream: hence a decoder apart from it.
        """
        decoder, convert = jpeg_decoder(), BgrConverter()

        def picture(packet: VideoPacket) -> Image | None:
            try:
                return next((convert(frame) for frame in decoder.decode(packet)), None)
            except av.FFmpegError:
                return None

        for packet in container.demux(stream):
            if packet.size:
                yield Shot(partial(picture, packet), time.monotonic())
        raise Lost(ENDED)

    def _decode(
        self, container: av.container.InputContainer, stream: av.VideoStream, stop: threading.Event
    ) -> Iterator[Shot]:
        """Frames that build on each other: all are decoded, but only those that are taken are converted."""
        convert, sound = BgrConverter(), False
        hand_on = self._relay.connect(stream, stop)
        asked = time.monotonic()
        backlog = Backlog(asked)
        for packet in container.demux(stream):
            now = time.monotonic()
            self._keep_up(stream, packet, backlog(now - asked, now))
            frames = _decoded(packet)
            hand_on(packet, now)
            for frame in frames:
                sound = sound or not frame.is_corrupt  # grey until the first key frame
                if sound:
                    yield Shot(partial(convert, frame), now)
            asked = time.monotonic()
        raise Lost(ENDED)

    def _keep_up(self, stream: av.VideoStream, packet: VideoPacket, behind: bool) -> None:
        """Decode key frames only while there is a backlog: else it grows in the socket, and every frame comes later."""
        if behind and not self._skipping:
            self._skipping, stream.codec_context.skip_frame = True, "NONKEY"
            log.log(
                logging.DEBUG if self._complained else logging.WARNING,
                "%s: comes faster than this machine decodes it; skipping to key frames; use a smaller stream of it",
                redact(self._config.uri),
            )
            self._complained = True
        elif self._skipping and not behind and packet.is_keyframe:
            self._skipping, stream.codec_context.skip_frame = False, "DEFAULT"


def _decoded(packet: VideoPacket) -> list[av.VideoFrame]:
    """The frames of a packet; none of a damaged one: the next key frame puts things right."""
    try:
        return [frame for frame in packet.decode() if isinstance(frame, av.VideoFrame)]
    except av.InvalidDataError:
        return []
