"""One camera's film for WebRTC: passed on as it comes, or encoded."""

from __future__ import annotations

import logging
from collections.abc import Collection

from edgedet.config.live import LiveConfig
from edgedet.types import Frame
from edgedet.web.webrtc.codecs import Codec
from edgedet.web.webrtc.encoder import Encoder
from edgedet.web.webrtc.passing import Passing

log = logging.getLogger(__name__)


class Film:
    """Everything that shows this camera by WebRTC. However many watch, it is encoded at most once for each codec.

    Args:
        camera: its name.
        config: size, rate and bits.
        may_pass: whether the camera's own packets may be seen; False where something in the picture has to be covered.

    Attributes:
        tap: takes the camera's packets (see :class:`edgedet.web.webrtc.fork.Fork`); None: they mustn't be seen, or
            nobody wants them.
        encoders: what encodes frames, by codec.
    """

    def __init__(self, camera: str, config: LiveConfig, may_pass: bool) -> None:
        self.tap = Passing(config.webrtc_pass) if may_pass and config.webrtc and config.webrtc_pass else None
        self.encoders: dict[Codec, Encoder] = {}
        if config.webrtc:
            self.encoders = {"H264": Encoder(camera, "H264", config), "VP8": Encoder(camera, "VP8", config)}
        self.camera = camera

    def frame(self, frame: Frame) -> None:
        """Take a frame, in which what must not be seen is covered; costs nothing while nobody watches."""
        for encoder in self.encoders.values():
            encoder.put(frame)

    def choose(self, known: Collection[Codec]) -> tuple[Codec, Passing | Encoder]:
        """The best way to show it: a codec, and what gives the packets.

        Args:
            known: what the viewer can decode; at least one.
        """
        codec: Codec = "H264" if "H264" in known else "VP8"
        why = "something in it is covered, or live.webrtc_pass is 0"
        if self.tap is not None:
            why = self.tap.trouble or ("" if codec == "H264" else "the viewer knows no H.264")
            if not why:
                log.info("%s: WebRTC with the camera's own H.264", self.camera)
                return "H264", self.tap
        log.info("%s: WebRTC encoded as %s: the camera's film isn't passed on, as %s", self.camera, codec, why)
        return codec, self.encoders[codec]
