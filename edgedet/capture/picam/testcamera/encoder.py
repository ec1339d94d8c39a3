"""The test camera's H.264, by libx264 in place of the board's encoder."""

from __future__ import annotations

import threading
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType

from edgedet.types import Image


class H264Encoder:
    """Says how to encode; stands where ``picamera2.encoders.H264Encoder`` would.

    Args:
        bitrate: bits a second; None: the test camera's choice.
        repeat: the parameter sets before each key frame; they always are.
        iperiod: frames from one key frame to the next; None: the test camera's choice.

    Attributes:
        firsttimestamp: the sensor's time stamp of the first frame, in microseconds; None: there was none yet.
        key_wanted: the next frame shall be a key frame.
    """

    def __init__(self, bitrate: int | None = None, repeat: bool = True, iperiod: int | None = None) -> None:
        self.bitrate, self.repeat, self.iperiod = bitrate, repeat, iperiod
        self.firsttimestamp: int | None = None
        self.key_wanted = False

    def force_key_frame(self) -> None:
        """Have the next frame be a key frame."""
        self.key_wanted = True


class RigEncoder:
    """What runs behind ``start_encoder``.

    Args:
        encoder: one of picamera2's kind; its ``bitrate`` (bits a second) and ``iperiod`` (frames from one key frame to
            the next) are heeded where it has them.
        output: of picamera2's kind; :meth:`outputframe` is called for each frame, in Annex B form, the parameter sets
            before each key frame.
        width, height: pixels.
        fps: frames a second.
    """

    def __init__(self, encoder: Any, output: Any, width: int, height: int, fps: float) -> None:
        self.encoder, self._output = encoder, output
        self._codec = codec = av.CodecContext.create("libx264", "w")
        assert isinstance(codec, av.VideoCodecContext)
        codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
        codec.time_base, codec.framerate = Fraction(1, 1_000_000), Fraction(max(1, round(fps)), 1)
        codec.bit_rate = int(getattr(encoder, "bitrate", None) or 2_000_000)
        codec.gop_size = int(getattr(encoder, "iperiod", None) or 30)
        codec.options = {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1"}
        self._first: int | None = None
        self._turn, self._stopped = threading.Lock(), False
        output.start()

    def encode(self, image: Image, sensor_ns: int) -> None:
        """Encode a frame, uint8 (H, W, 3) BGR, and hand it on, stamped in microseconds since the first."""
        with self._turn:
            if not self._stopped:
                self._encode(image, sensor_ns)

    def _encode(self, image: Image, sensor_ns: int) -> None:
        if self._first is None:
            self._first = sensor_ns
            self.encoder.firsttimestamp = sensor_ns // 1000
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), "bgr24")
        frame.pts, frame.time_base = (sensor_ns - self._first) // 1000, Fraction(1, 1_000_000)
        if getattr(self.encoder, "key_wanted", False):
            frame.pict_type, self.encoder.key_wanted = PictureType.I, False
        for packet in self._codec.encode(frame):
            self._output.outputframe(bytes(packet), packet.is_keyframe, packet.pts, packet, False)

    def stop(self) -> None:
        """Hand on what is left, and tell the output."""
        with self._turn:
            self._stopped = True
            for packet in self._codec.encode(None):
                self._output.outputframe(bytes(packet), packet.is_keyframe, packet.pts, packet, False)
            self._output.stop()


class Encoders:
    """Those that run beside a test camera."""

    def __init__(self) -> None:
        self._running: list[RigEncoder] = []
        self._lock = threading.Lock()

    def start(self, encoder: RigEncoder) -> None:
        """Have one more."""
        with self._lock:
            self._running.append(encoder)

    def encode(self, image: Image, sensor_ns: int) -> None:
        """Give all of them a frame."""
        with self._lock:
            running = list(self._running)
        for each in running:
            each.encode(image, sensor_ns)

    def stop(self, encoder: Any = None) -> None:
        """End the one behind an encoder of picamera2's kind, or all."""
        with self._lock:
            ending = [each for each in self._running if encoder is None or each.encoder is encoder]
            self._running = [each for each in self._running if each not in ending]
        for each in ending:
            each.stop()
