"""A camera module's film as picamera2's encoder gives it, handed on as packets."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from edgedet.capture.picam.clock import OLDEST
from edgedet.capture.picam.failure import FAILURES
from edgedet.capture.tap import EncodedPacket, EncodedStream, Tap, Timeline, parameter_sets
from edgedet.config import SourceConfig

log = logging.getLogger(__name__)

KEY_EVERY = 2.0
"""Seconds between key frames."""

USUAL_FPS = 30.0
"""Frames a second to expect of a camera at its own rate."""

SILENT = 5.0
"""Seconds without a packet, beyond those without a frame that a camera is allowed, after which it has failed."""


class Encoding:
    """A camera's encoder at work. Its packets come in a thread of its own.

    Args:
        camera: a ``picamera2.Picamera2`` that has been started.
        make: the encoder's class: ``picamera2.encoders.H264Encoder``, or one like it.
        config: bit rate and frame rate.
        tap: who takes the packets.
        start: ``time.monotonic()`` seconds of the source's zero.
        stop: once it is set nothing is handed on.

    Raises:
        RuntimeError, OSError, LookupError, AttributeError, TypeError, ValueError: it can't be used.
    """

    def __init__(
        self, camera: Any, make: Any, config: SourceConfig, tap: Tap, start: float, stop: threading.Event
    ) -> None:
        self._camera, self._tap, self._name = camera, tap, config.uri.removesuffix(":")
        self._start, self._stop, self._ended = start, stop, threading.Event()
        self._size: tuple[int, int] = camera.camera_configuration()["main"]["size"]
        self._patience = config.stall_timeout + SILENT
        self._clock = Clock()
        self._stream: EncodedStream | None = None
        self._key, self._asked = 0.0, False
        self._begun = self._newest = time.monotonic()
        group = round(KEY_EVERY * (config.fps or USUAL_FPS))
        self._encoder = make(bitrate=config.bitrate * 1000, repeat=True, iperiod=max(1, group))
        try:
            camera.start_encoder(self._encoder, _output(self._take), name="main")
        except FAILURES:
            self.end()
            raise
        threading.Thread(target=self._watch, name="encoder watch", daemon=True).start()

    @property
    def is_useless(self) -> bool:
        """Whether it had the time for a picture, and never gave one."""
        return self._stream is None and time.monotonic() - self._begun >= SILENT

    def end(self) -> None:
        """Stop it; what still comes out of it isn't handed on. Twice is fine."""
        if not self._ended.is_set():
            self._ended.set()
            self._stop_encoder()

    def _stop_encoder(self) -> None:
        with contextlib.suppress(*FAILURES):  # one that didn't start may not be known to the camera
            self._camera.stop_encoder(self._encoder)

    def _watch(self) -> None:
        """Give it up when nothing comes; where the camera is to blame, that has been noticed sooner."""
        while not self._ended.wait(max(0.0, self._newest + self._patience - time.monotonic())):
            if time.monotonic() - self._newest < self._patience:
                continue
            self._ended.set()  # first: a packet that came late would have the recorder wait for more
            if not self._stop.is_set():
                log.warning("%s: the board's H.264 encoder gives nothing; the recorder encodes from here", self._name)
                self._tap.frames_only()
            self._stop_encoder()

    def _take(self, data: bytes, key: bool, stamp: int) -> None:
        """Hand on a picture in Annex B form.

        Args:
            data: it.
            key: whether a decoder can begin here.
            stamp: the sensor's time stamp in microseconds, counted from that of the first picture.
        """
        if self._ended.is_set() or self._stop.is_set():
            return
        now = time.monotonic()
        taken = self._clock((stamp + (self._encoder.firsttimestamp or 0)) / 1e6, now)
        if key:
            self._key, self._asked = taken, False
            self._look(data)
        elif taken - self._key >= KEY_EVERY and not self._asked:
            self._asked = True  # in the dark a camera gives fewer frames a second than it was asked for
            getattr(self._encoder, "force_key_frame", lambda: None)()  # not in every release
        if self._stream is not None:
            self._newest = now
            self._tap.packet(EncodedPacket(bytes(data), taken - self._start, 0.0, key, self._stream))

    def _look(self, key: bytes) -> None:
        """At a key frame: with the first of them comes what a decoder has to know."""
        sets = parameter_sets("h264", key)
        if sets and (self._stream is None or sets != self._stream.parameters):
            self._stream = EncodedStream("h264", sets, *self._size)


class Clock:
    """Puts the sensor's time stamps, seconds of the boot clock, on the monotonic clock, as the frames' are.

    Where the first one can't be right, only the steps between them are believed.
    """

    def __init__(self) -> None:
        self._timeline: Timeline | None = None
        self._ahead: float | None = None

    def __call__(self, stamp: float, arrived: float) -> float:
        """When a picture was taken, from its time stamp and when it arrived."""
        if self._ahead is None:
            self._ahead = time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()
            if not 0 <= arrived - (stamp - self._ahead) <= OLDEST:
                self._timeline = Timeline()
        return stamp - self._ahead if self._timeline is None else self._timeline(stamp, arrived)


def _output(take: Callable[[bytes, bool, int], None]) -> Any:
    """An output for a picamera2 encoder that hands each access unit on."""
    try:
        from picamera2.outputs import Output
    except ImportError:  # the test camera's encoder takes any
        Output = object

    class TapOutput(Output):  # type: ignore[misc]  # picamera2 isn't there when types are checked
        def outputframe(
            self, frame: bytes, keyframe: bool = True, timestamp: int | None = None, *_: Any, **__: Any
        ) -> None:
            take(frame, keyframe, timestamp or 0)

        def start(self) -> None: ...
        def stop(self) -> None: ...

    return TapOutput()
