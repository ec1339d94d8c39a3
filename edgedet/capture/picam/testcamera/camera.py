"""One opening of a test camera: Picamera2's interface over a thread that takes pictures."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from edgedet.capture.picam.testcamera.configuration import adjusted, video_configuration
from edgedet.capture.picam.testcamera.encoder import Encoders, RigEncoder
from edgedet.capture.picam.testcamera.pipeline import Pipeline
from edgedet.capture.picam.testcamera.request import RigRequest
from edgedet.capture.picam.testcamera.sensor import Range, controls_of, modes_of

if TYPE_CHECKING:
    from edgedet.capture.picam.testcamera.rig import Rig


class RigCamera:
    """Stands where an open Picamera2 would; made by :class:`edgedet.capture.picam.testcamera.Rig`.

    Every frame needs a buffer of the few there are: whoever keeps requests starves it. The last frame nobody asked for
    is kept for whoever asks next, as picamera2's ``queue`` has it. ``SensorTimestamp`` is of the boot clock.

    Args:
        rig: the board it is plugged into.
        number: which one it is there.
        model: ``imx708`` or ``imx219``.

    Attributes:
        is_open, started: as Picamera2's.
        stalled: runs, but gives no frames.
    """

    def __init__(self, rig: Rig, number: int, model: str) -> None:
        self.is_open, self.started = True, False
        self.stalled = not rig.gives
        self._rig, self._number, self._model = rig, number, model
        self._config: dict[str, Any] = {}
        self._controls: dict[str, Any] = {}
        self._pipeline: Pipeline | None = None
        self._encoders = Encoders()

    @property
    def camera_properties(self) -> dict[str, Any]:
        """What the sensor is."""
        return {"Model": self._model, "PixelArraySize": modes_of(self._model)[-1]["size"], "ColorFilterArrangement": 0}

    @property
    def camera_controls(self) -> dict[str, Range]:
        """Least, most and default of each control, by name."""
        return controls_of(self._model, self._config["main"]["size"] if self._config else (1280, 720))

    @property
    def sensor_modes(self) -> list[dict[str, Any]]:
        """The sensor's modes."""
        return modes_of(self._model)

    def create_video_configuration(
        self,
        main: dict[str, Any] | None = None,
        lores: dict[str, Any] | None = None,
        buffer_count: int = 6,
        controls: dict[str, Any] | None = None,
        transform: Any = None,
        sensor: dict[str, Any] | None = None,
        queue: bool = True,
    ) -> dict[str, Any]:
        """A configuration for :meth:`configure`. Raises ValueError for what a stream can't have."""
        more = {"controls": controls or {}, "transform": transform, "sensor": sensor or {}, "queue": queue}
        return video_configuration(main or {}, lores, buffer_count, **more)

    def configure(self, config: dict[str, Any]) -> None:
        """Take on a configuration, adjusted. Raises RuntimeError if it can't be, or while the camera runs."""
        if self.started:
            raise RuntimeError("Camera must be stopped before configuring")
        self._config = adjusted(config, self._rig.faults.format, self._rig.faults.lores)
        self._controls = {}
        self.set_controls(config["controls"])

    def camera_configuration(self) -> dict[str, Any]:
        """The configuration in force, strides and all; empty before there is one."""
        return self._config

    def set_controls(self, controls: dict[str, Any]) -> None:
        """Remember controls. Raises RuntimeError for one the camera doesn't have."""
        for name, value in controls.items():
            if name == "FrameRate":
                name, value = "FrameDurationLimits", (round(1e6 / value),) * 2
            if name not in self.camera_controls:
                raise RuntimeError(f"Control {name} is not advertised by libcamera")
            self._controls[name] = value

    def start(self) -> None:
        """Run. Raises RuntimeError without a configuration."""
        if not self._config:
            raise RuntimeError("Camera has not been configured")
        if not self.started:
            self.started = True
            self._pipeline = Pipeline(self._rig, self, self._config, self._encoders)
            self._pipeline.start()

    def stop(self) -> None:
        """Run no more; what was captured and not asked for is gone."""
        if self._pipeline is not None and self.started:
            self._pipeline.stop()
        self.started = False

    def close(self) -> None:
        """Let go of the camera; takes as long as the rig was told."""
        if self.is_open:
            self.stop_encoder()
            self.stop()
            if self._rig.hang:
                time.sleep(self._rig.hang)
            with self._rig.lock:
                self._rig.cameras.pop(self._number, None)
            self.is_open = False

    def cancel_all_and_flush(self) -> None:
        """There are no jobs to cancel: a request that timed out leaves nothing behind here."""

    def capture_request(self, wait: float | bool | None = None) -> RigRequest:
        """The next completed request; to be released soon.

        Args:
            wait: seconds to wait for it; None or True: for ever.

        Raises:
            TimeoutError: none came in time.
            RuntimeError: it was never started.
        """
        if self._pipeline is None:
            raise RuntimeError("Camera has not been started")
        return self._pipeline.pool.wait(None if wait is None or wait is True else float(wait))

    def start_encoder(self, encoder: Any, output: Any = None, name: str | None = None) -> None:
        """Encode every frame of the main stream as H.264 from now on.

        Args:
            encoder: says the bit rate and how often key frames come; picamera2's own or anything with its attributes.
            output: takes the frames, as picamera2's outputs do; None: the encoder's own.
            name: the stream; None: ``main``, the only one it encodes.

        Raises:
            RuntimeError: there is no configuration, or no such stream.
        """
        if not self._config:
            raise RuntimeError("Camera has not been configured")
        if name not in (None, "main"):
            raise RuntimeError(f"Encode stream {name} was not defined")
        width, height = self._config["main"]["size"]
        taker = encoder.output if output is None else output
        self._encoders.start(RigEncoder(encoder, taker, width, height, 1 / self.frame_seconds))

    def stop_encoder(self, encoders: Any = None) -> None:
        """End one encoder, or all."""
        self._encoders.stop(encoders)

    @property
    def held(self) -> int:
        """How many requests are out: being filled or read, or kept by somebody."""
        return self._pipeline.pool.held if self._pipeline is not None else 0

    @property
    def frame_seconds(self) -> float:
        """Seconds from frame to frame, of the camera's own time."""
        return float(self._controls.get("FrameDurationLimits", (33333, 33333))[0]) / 1e6
