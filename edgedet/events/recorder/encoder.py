"""Encodes the frames of a source that doesn't come encoded."""

from __future__ import annotations

import logging
from collections.abc import Callable
from fractions import Fraction

import av
from av.error import FFmpegError
from av.video.frame import PictureType

from edgedet.capture.tap import EncodedPacket, EncodedStream, parameter_sets
from edgedet.config.record import RecordConfig
from edgedet.errors import OutputError
from edgedet.events.recorder.codec import Encoding, open_codec
from edgedet.events.recorder.track import TICKS
from edgedet.mp4 import to_yuv
from edgedet.pace import Pace
from edgedet.slot import Slot
from edgedet.types import Frame

log = logging.getLogger(__name__)

KEY_EVERY = 1.0
"""Seconds between key frames: a clip begins at most so much earlier than asked for."""

_UNLIMITED_FPS = 30.0
"""What an encoder is told to expect if frames aren't limited; they keep their own times anyway."""


class Encoder:
    """Turns frames into packets. :meth:`put` is the capturing thread's, everything else the encoding thread's.

    Args:
        config: size, rate and encoder.
        give: takes the packets.
        name: the camera, for the log.
        live: a frame that isn't encoded when the next one comes is dropped and counted; else :meth:`put` waits.
        lean: tells whether half the frames have to do now.
    """

    def __init__(
        self,
        config: RecordConfig,
        give: Callable[[EncodedPacket], None],
        name: str,
        live: bool,
        lean: Callable[[], bool],
    ) -> None:
        self._config, self._give, self._name, self._lean = config, give, name, lean
        self._live = live
        self._slot = Slot[Frame](lossless=not live)
        self._codec: av.VideoCodecContext | None = None
        self._of: tuple[int, int] = (0, 0)
        self._stream: EncodedStream | None = None
        self._pace, self._next_key = Pace(), float("-inf")
        self._pts = -1
        self._broken = config.encoder == "never"
        self.failed = 0

    def put(self, frame: Frame) -> None:
        """Take a frame to encode; costs nothing."""
        if not self._broken:
            self._slot.put(frame)

    @property
    def dropped(self) -> int:
        """Frames that weren't encoded because the next one came first."""
        return self._slot.dropped

    def run(self) -> None:
        """Encode what comes until closed."""
        for frame in self._slot:
            if not self._broken and self._is_due(frame.elapsed):
                self._encode(frame)

    def close(self) -> None:
        """End :meth:`run` soon, and any waiting :meth:`put`; from any thread."""
        self._slot.close(discard=self._live)

    def _is_due(self, elapsed: float) -> bool:
        """Whether a frame is one of the most that are encoded in a second."""
        fps = (self._config.fps or _UNLIMITED_FPS) / 2 if self._lean() else self._config.fps
        return self._pace.is_due(elapsed, fps)

    def _encode(self, frame: Frame) -> None:
        try:
            if self._codec is None or self._of != (frame.width, frame.height):
                self._open(frame)
            codec = self._codec
            assert codec is not None
            picture = to_yuv(frame.image, (codec.width, codec.height))
            # two frames can't share a tick
            self._pts = picture.pts = max(self._pts + 1, round(frame.elapsed * TICKS))
            picture.time_base = Fraction(1, TICKS)
            if frame.elapsed >= self._next_key:
                picture.pict_type = PictureType.I
                self._next_key = frame.elapsed + KEY_EVERY
            for packet in codec.encode(picture):
                self._hand_on(packet)
        except OutputError as error:
            self._broken = True
            log.error("%s: there are no clips: %s", self._name, error)
        except FFmpegError as error:
            if not self.failed:
                log.error("%s: frames can't be encoded (%s); trying again with each", self._name, error.strerror)
            self.failed += 1
            self._codec = None

    def _open(self, frame: Frame) -> None:
        config = self._config
        width = min(frame.width, config.width or frame.width)
        height = round(frame.height * width / frame.width)
        size = max(2, width // 2 * 2), max(2, height // 2 * 2)
        encoding = Encoding(config.encoder, *size, config.fps or _UNLIMITED_FPS, config.bitrate)
        self._codec, why = open_codec(encoding)
        rate = f", at most {config.fps:g} fps" if config.fps else ""
        log.info("%s: recording %dx%d%s with %s", self._name, *size, rate, why)
        self._of, self._stream = (frame.width, frame.height), None
        self._next_key = float("-inf")

    def _hand_on(self, packet: av.Packet[av.VideoStream]) -> None:
        codec = self._codec
        assert codec is not None
        data = bytes(packet)
        if self._stream is None:
            parameters = parameter_sets("h264", data) or bytes(codec.extradata or b"")
            if not packet.is_keyframe or not parameters:
                return
            self._stream = EncodedStream("h264", parameters, codec.width, codec.height)
        self._give(EncodedPacket(data, (packet.pts or 0) / TICKS, 0.0, packet.is_keyframe, self._stream))
