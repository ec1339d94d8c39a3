"""A camera module, opened through picamera2."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from edgedet.capture.picam.choosing import choose
from edgedet.capture.picam.clock import SensorClock
from edgedet.capture.picam.controls import controls_for
from edgedet.capture.picam.failure import FAILURES, lost
from edgedet.capture.picam.hdr import set_sensor_hdr
from edgedet.capture.picam.imx500 import AICamera
from edgedet.capture.picam.library import load_picamera2
from edgedet.capture.picam.modules import Modules, modules_of
from edgedet.capture.picam.pixels import Layout, to_bgr
from edgedet.capture.picam.streams import Streams, configure
from edgedet.capture.receiver import Lost, Shot
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.types import Image

log = logging.getLogger(__name__)

LETTING_GO = 0.2
"""Share of the time an opening may take that is spent waiting for an earlier one of the same camera to let go."""

Started = Callable[[Any, threading.Event], Callable[[], None]]
"""Given a running camera and what will be set when no more is wanted of it; returns what ends what it began."""


class PicamDriver:
    """One opening of a camera module.

    Args:
        wanted: its number as picamera2 counts them, from 0; or its model, such as ``imx708``, or its Id.
        config: the sizes, rate and controls to ask for; default 1280x720 at 30 a second.
        load: gives the class picamera2.Picamera2, or something like it.
        started: begins what else a running camera is used for, such as its encoder; None: nothing.
    """

    def __init__(
        self,
        wanted: int | str,
        config: SourceConfig,
        load: Callable[[], Any] = load_picamera2,
        started: Started | None = None,
    ) -> None:
        self._wanted, self._config, self._load, self._started = wanted, config, load, started
        self._modules: Modules | None = None
        self._camera: Any = None
        self._streams: Streams
        self._end: Callable[[], None] = lambda: None
        self._clock = SensorClock()
        self._ai: AICamera | None = None

    def open(self, stop: threading.Event) -> str:
        """See :class:`edgedet.capture.receiver.Driver`."""
        library = self._load()
        modules = modules_of(library)
        modules.claim(self._wanted, stop, self._config.open_timeout * LETTING_GO)
        self._modules = modules
        with modules.turn(self._config.open_timeout):
            if stop.is_set():
                return ""
            model = self._open(library, modules)
        if self._started is not None:
            self._end = self._started(self._camera, stop)
        return f"{model} {self._streams}"

    def _open(self, library: Any, modules: Modules) -> str:
        """Open, configure and start the camera; its model."""
        config = self._config
        try:
            cameras = library.global_camera_info()
        except FAILURES as error:
            raise lost("looked for", error) from None
        number = choose(self._wanted, cameras)
        model = str(cameras[number].get("Model", "camera module"))
        if config.network is not None:  # before the camera is opened, which loads it
            self._ai = AICamera(config.network)
            if number != self._ai.number:
                raise SourceError(f"{model} is no AI camera; that is picam:{self._ai.number}")
        if config.hdr != "default":
            set_sensor_hdr(cameras[number], config.hdr)
        self._camera = camera = _constructed(library, number)
        tried = config.small != "off" and self._wanted not in modules.without_small
        self._streams = configure(camera, config, tried)
        if tried and self._streams.small is None:
            modules.without_small.add(self._wanted)
        streams = 1 if self._streams.small is None else 2
        controls = controls_for(config, camera.camera_controls, model, streams)
        try:
            if controls:
                camera.set_controls(controls)
            camera.start()
        except FAILURES as error:
            raise lost("started", error) from None
        return model

    def read(self) -> Shot | None:
        """See :class:`edgedet.capture.receiver.Driver`."""
        if self._camera is None:
            return None
        stall = self._config.stall_timeout
        try:
            request = self._camera.capture_request(wait=stall)
        except TimeoutError:
            raise Lost(f"no frame for {stall:g} s") from None
        except Exception as error:  # a camera that was pulled out: anything, down to a cancelled future
            raise lost("read", error) from None
        streams, small, found = self._streams, None, None
        try:  # a buffer that is held starves the camera: what is wanted of it is copied out, and it goes back at once
            picture = _picture(request, "main", streams.main)
            if streams.small is not None:
                small = _picture(request, "lores", streams.small)
            metadata = request.get_metadata()
            taken = self._clock(metadata.get("SensorTimestamp"))
            if self._ai is not None:
                found = self._ai.found(metadata, self._camera)
        except FAILURES as error:
            raise lost("read", error) from None
        finally:
            request.release()
        return Shot(lambda: picture, taken, small, found)

    def close(self) -> None:
        """See :class:`edgedet.capture.receiver.Driver`."""
        if self._modules is None:
            return
        try:
            self._close(self._modules)
        finally:
            self._modules.give_back(self._wanted)

    def _close(self, modules: Modules) -> None:
        camera, self._camera = self._camera, None
        if camera is None:
            return
        try:
            with modules.turn(self._config.open_timeout):
                with contextlib.suppress(*FAILURES):
                    self._end()
                with contextlib.suppress(*FAILURES):
                    camera.cancel_all_and_flush()  # a request that timed out is still queued, before the stop
                camera.close()
        except FAILURES as error:  # nothing is to be had of it any more; opening it again will tell
            log.warning("picam:%s: closing failed (%s)", self._wanted, error)


def _constructed(library: Any, number: int) -> Any:
    """An open camera."""
    if not isinstance(library, type):
        try:
            return library(number)
        except FAILURES as error:
            raise lost("opened", error) from None
    made: Any = library
    camera = made.__new__(made)
    try:
        camera.__init__(number)
    except FAILURES as error:
        if not getattr(camera, "is_open", True):  # picamera2 0.3.38 leaves one descriptor open for each try that fails
            with contextlib.suppress(OSError, AttributeError):
                os.close(camera.notifyme_w)
        raise lost("opened", error) from None
    return camera


def _picture(request: Any, name: str, layout: Layout) -> Image:
    """One stream of a request, converted straight out of the camera's memory."""
    mapped = sys.modules[type(request).__module__].MappedArray  # picamera2's own, beside its requests
    with mapped(request, name, reshape=False, write=False) as buffer:
        return to_bgr(buffer.array, layout)
