"""The board the test cameras are plugged into: what outlives a single opening."""

from __future__ import annotations

import threading
from random import Random
from typing import Any

from edgedet.capture.picam.testcamera.camera import RigCamera
from edgedet.capture.picam.testcamera.faults import Faults


class Rig:
    """Two test cameras; stands where the class ``picamera2.Picamera2`` would: called with a number, it opens one.

    >>> rig = Rig()
    >>> [camera["Model"] for camera in rig.global_camera_info()]
    ['imx708', 'imx219']

    What it is told while it runs (:meth:`stall`, :meth:`unplug`, :attr:`drop`, ...) takes effect with the next frame.

    Args:
        faults: what it does wrong by itself.

    Attributes:
        drop: share of the frames that are lost, 0 to 1.
        refusals: how many of the next openings fail.
        busy: how many of the next openings find the camera in use.
        hang: seconds that the next closings take, in real time.
        opened, frames, dropped, starved: how often a camera was opened; frames given; lost on purpose; and lost since
            every buffer was out.
        cameras: those that are open, by number.
    """

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.random = Random(self.faults.seed)
        self.drop, self.hang = self.faults.drop, self.faults.hang
        self.refusals, self.busy = self.faults.fail, self.faults.busy
        self.opened = self.frames = self.dropped = self.starved = 0
        self.cameras: dict[int, RigCamera] = {}
        self.lock = threading.Lock()
        self._plugged, self._dead = True, False
        self._models = [self.faults.model, "imx219"]

    def global_camera_info(self) -> list[dict[str, Any]]:
        """As ``Picamera2.global_camera_info``: empty while they are unplugged."""
        if not self._plugged:
            return []
        return [
            {"Model": model, "Location": 2, "Rotation": 180, "Id": f"/base/test/i2c@{number}/{model}@1a", "Num": number}
            for number, model in enumerate(self._models)
        ]

    def __call__(self, number: int = 0) -> RigCamera:
        """Open a camera, as ``Picamera2(number)`` does.

        Raises:
            RuntimeError: it isn't there, is in use, or was told to fail; in Picamera2's words.
        """
        with self.lock:
            if number >= len(self.global_camera_info()):
                raise RuntimeError(f"No camera number {number} found")
            if self.refusals:
                self.refusals -= 1
                raise RuntimeError("Camera __init__ sequence did not complete.") from RuntimeError("told to fail")
            if self.busy or number in self.cameras:
                self.busy = max(0, self.busy - 1)
                cause = RuntimeError("Failed to acquire camera: Device or resource busy")
                raise RuntimeError("Camera __init__ sequence did not complete.") from cause
            self.opened += 1
            self.cameras[number] = camera = RigCamera(self, number, self._models[number])
            return camera

    def stall(self, heals: bool = True) -> None:
        """Give no more frames: until opened again, or ever."""
        self._dead = self._dead or not heals
        with self.lock:
            for camera in self.cameras.values():
                camera.stalled = True

    def unplug(self) -> None:
        """Be gone: no frames, and no camera in the list."""
        self._plugged = False

    def plug(self) -> None:
        """Be there again, for those who open it anew: what was open stays without frames."""
        with self.lock:
            for camera in self.cameras.values():
                camera.stalled = True
            self._plugged = True

    def vanish(self) -> None:
        """Be unplugged for as long as the faults say."""
        if self._plugged:
            self.unplug()
            if self.faults.back:
                timer = threading.Timer(self.faults.back / self.faults.speed, self.plug)
                timer.daemon = True
                timer.start()

    @property
    def gives(self) -> bool:
        """Whether a camera that is opened now gives frames."""
        return self._plugged and not self._dead
