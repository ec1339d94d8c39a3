"""A sensor's modes: which there are, and which one the settings mean."""

from __future__ import annotations

import contextlib
from typing import Any

from edgedet.capture.picam.failure import FAILURES, lost
from edgedet.config.camera_controls import pixels
from edgedet.errors import SourceError


def describe_mode(mode: dict[str, Any]) -> str:
    """A mode of ``Picamera2.sensor_modes`` as ``source.mode`` takes it, and its rate.

    >>> describe_mode({"size": (1536, 864), "bit_depth": 10, "fps": 120.13})
    '1536x864:10 (120.13 fps)'
    """
    width, height = mode["size"]
    return f"{width}x{height}:{mode['bit_depth']}" + (f" ({mode['fps']:g} fps)" if "fps" in mode else "")


def choose_mode(camera: Any, wanted: str) -> dict[str, Any]:
    """A mode as ``create_video_configuration(sensor=...)`` takes it.

    Args:
        camera: a Picamera2 that isn't started.
        wanted: ``1536x864`` or ``1536x864:10``.

    Raises:
        SourceError: the sensor has no such mode; names those it has.
    """
    size, bits = pixels(wanted), wanted.partition(":")[2]
    try:
        here = [each for each in camera.sensor_modes if "size" in each]
    except FAILURES:  # no raw stream: its modes are nobody's to choose
        here = []
    if not any(tuple(each["size"]) == size and bits in ("", str(each["bit_depth"])) for each in here):
        names = ", ".join(map(describe_mode, here)) or "none to choose from"
        raise SourceError(f"no sensor mode {wanted}; there are {names}; change source.mode")
    return {"output_size": size} | ({"bit_depth": int(bits)} if bits else {})


def modes_of_module(library: Any, number: int) -> str:
    """The modes of a camera module, in words; why they can't be told, if it can't be opened.

    Args:
        library: ``picamera2.Picamera2``.
        number: of the camera; it is opened and closed again.
    """
    try:
        with contextlib.closing(library(number)) as camera:
            return ", ".join(describe_mode(mode) for mode in camera.sensor_modes if "size" in mode) or "no modes"
    except FAILURES as error:
        return str(lost("opened", error))
