"""What runs in a test camera between its start and its stop: the thread that takes the pictures."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from edgedet.capture.picam.pixels import Layout
from edgedet.capture.picam.testcamera.encoder import Encoders
from edgedet.capture.picam.testcamera.pool import Pool
from edgedet.capture.picam.testcamera.scene import Scene, write

if TYPE_CHECKING:
    from edgedet.capture.picam.testcamera.camera import RigCamera
    from edgedet.capture.picam.testcamera.rig import Rig

READOUT = 0.005
"""Seconds from the sensor's time stamp until a frame is there."""


class Pipeline:
    """Takes pictures at the camera's pace, as long as there are buffers and the rig's faults allow it.

    Args:
        rig: what may go wrong, and who counts.
        camera: whose pictures they are.
        config: its configuration.
        encoders: those that get each picture too.

    Attributes:
        pool: where the frames are to be had.
    """

    def __init__(self, rig: Rig, camera: RigCamera, config: dict[str, Any], encoders: Encoders) -> None:
        streams = {name: config[name] for name in ("main", "lores") if config.get(name)}
        self.pool = Pool(streams, config["buffer_count"])  # what is still out of an earlier one never returns
        self._rig, self._camera, self._encoders, self._transform = rig, camera, encoders, config["transform"]
        self._layouts = {name: Layout.of(stream) for name, stream in streams.items()}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="test camera", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what was taken and not asked for is gone."""
        self._stopping.set()
        self._thread.join()
        self.pool.flush()

    def _run(self) -> None:
        rig, camera, faults = self._rig, self._camera, self._rig.faults
        main = self._layouts["main"]
        scene = Scene(main.width, main.height, 1 / camera.frame_seconds)
        began = due = time.monotonic()
        gone = False
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            due = max(due + camera.frame_seconds / faults.speed, time.monotonic() - 0.1)
            age = (time.monotonic() - began) * faults.speed
            if faults.vanish and age >= faults.vanish and not gone:
                gone = True
                rig.vanish()
            if faults.stall and age >= faults.stall:
                rig.stall(faults.heals)
            if not camera.stalled and rig.gives:
                self._take(scene)
        scene.close()

    def _take(self, scene: Scene) -> None:
        """One frame, if there is a buffer for it and it isn't to be lost."""
        rig = self._rig
        if rig.drop and rig.random.random() < rig.drop:
            rig.dropped += 1
            return
        buffers = self.pool.take()
        if buffers is None:
            rig.starved += 1
            return
        stamp = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - int(READOUT * 1e9)
        image = scene.next(self._transform)
        for name, layout in self._layouts.items():
            write(image, layout, buffers[name])
        self._encoders.encode(image, stamp)
        duration = round(self._camera.frame_seconds * 1e6)
        metadata = {"SensorTimestamp": stamp, "FrameDuration": duration, "ExposureTime": min(20000, duration)}
        self.pool.complete(buffers, metadata)
        rig.frames += 1
