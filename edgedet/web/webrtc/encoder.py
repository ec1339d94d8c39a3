"""Encodes one camera's frames for all its viewers, while there are any."""

from __future__ import annotations

import logging
import threading
from fractions import Fraction

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.video.frame import PictureType

from edgedet.config.live import LiveConfig
from edgedet.errors import OutputError
from edgedet.mp4 import to_yuv
from edgedet.pace import Pace
from edgedet.slot import Slot
from edgedet.types import Frame, Image
from edgedet.web.webrtc.codecs import CLOCK, Codec, open_encoder
from edgedet.web.webrtc.spread import Give, Spread

log = logging.getLogger(__name__)

KEY_EVERY = 2.0
"""Seconds between key frames: what a viewer who lost too much waits at most."""


class Encoder:
    """Turns frames into packets in a thread of its own, which is there while somebody follows.

    Args:
        camera: its name, for the log.
        codec: which.
        config: size, rate and bits.

    Attributes:
        encoded: frames so far.
    """

    def __init__(self, camera: str, codec: Codec, config: LiveConfig) -> None:
        self.encoded = 0
        self._camera, self._name, self._config = camera, codec, config
        self._spread, self._pace = Spread(), Pace()
        self._slot: Slot[Frame] | None = None
        self._lock = threading.Lock()
        self._key_wanted = False

    def follow(self, give: Give) -> None:
        """Give somebody the packets, beginning with a key frame of its own."""
        with self._lock:
            self._spread.add(give)
            self._key_wanted = True
            if self._slot is None:
                self._slot = Slot[Frame]()
                name = f"edgedet-webrtc-{self._camera}"
                threading.Thread(target=self._run, args=(self._slot,), name=name, daemon=True).start()

    def leave(self, give: Give) -> None:
        """It is gone; with the last one the thread ends."""
        self._spread.remove(give)
        with self._lock:
            if not len(self._spread) and self._slot is not None:
                self._slot.close(discard=True)
                self._slot = None

    def put(self, frame: Frame) -> None:
        """Take a frame; costs nothing while nobody follows, and next to nothing else."""
        slot = self._slot
        if slot is not None and self._pace.is_due(frame.monotonic, self._config.webrtc_fps):
            slot.put(frame)

    def _run(self, slot: Slot[Frame]) -> None:
        codec: av.VideoCodecContext | None = None
        of, next_key, last = (0, 0), 0.0, -1
        try:
            for frame in slot:
                if codec is None or of != (frame.width, frame.height):
                    codec, of, next_key = self._open(frame), (frame.width, frame.height), 0.0
                picture = _scaled(frame.image, codec.width, codec.height)
                # two frames can't share a tick; a film read at full speed still plays at the pace it comes
                last = picture.pts = max(last + 1, round(frame.monotonic * CLOCK))
                picture.time_base = Fraction(1, CLOCK)
                if self._key_wanted or frame.monotonic >= next_key:
                    picture.pict_type, self._key_wanted = PictureType.I, False
                    next_key = frame.monotonic + KEY_EVERY
                for packet in codec.encode(picture):
                    self._spread.give(packet, packet.is_keyframe)
                self.encoded += 1
        except (OutputError, FFmpegError, ValueError) as error:
            log.error("%s: no WebRTC, frames can't be encoded: %s", self._camera, error)
            with self._lock:
                self._slot = None if self._slot is slot else self._slot
            self._spread.end()

    def _open(self, frame: Frame) -> av.VideoCodecContext:
        config = self._config
        width = min(frame.width, config.webrtc_width or frame.width)
        height = round(frame.height * width / frame.width)
        size = max(2, width // 2 * 2), max(2, height // 2 * 2)
        codec, why = open_encoder(self._name, *size, config.webrtc_fps, config.webrtc_bitrate)
        log.info("%s: WebRTC %dx%d, at most %g fps, with %s", self._camera, *size, config.webrtc_fps, why)
        return codec


def _scaled(image: Image, width: int, height: int) -> av.VideoFrame:
    """As the encoder wants it. OpenCV shrinks a picture six times as fast as the conversion to YUV does on its way."""
    if image.shape[1] == width and image.shape[0] == height:
        return to_yuv(image)
    way = cv2.INTER_AREA if image.shape[1] >= 2 * width else cv2.INTER_LINEAR
    return to_yuv(np.asarray(cv2.resize(image, (width, height), interpolation=way), np.uint8))
