"""Which of the camera modules that are here is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edgedet.capture.receiver import Lost


def choose(wanted: int | str, cameras: Sequence[Mapping[str, Any]]) -> int:
    """The index of the camera that a number, a model (``imx708``) or an end of libcamera's Id names.

    Args:
        wanted: the number as picamera2 counts them, or a name.
        cameras: ``Picamera2.global_camera_info()``.

    Raises:
        Lost: it isn't here, or a name fits several. Only now: cables are plugged in, drivers load late.
    """
    if not cameras:
        raise Lost("no camera module found; check the ribbon cable, then: rpicam-hello --list-cameras")
    here = ", ".join(f"{index} {camera.get('Model', '?')}" for index, camera in enumerate(cameras))
    if isinstance(wanted, int):
        if wanted >= len(cameras):
            how_many = "is one camera module" if len(cameras) == 1 else f"are {len(cameras)} camera modules"
            raise Lost(f"no camera module {wanted}; there {how_many}: {here}; check the number and the ribbon cable")
        return wanted
    fitting = [index for index, camera in enumerate(cameras) if _is(wanted, camera)]
    if len(fitting) > 1:
        numbers = ", ".join(f"picam:{index}" for index in fitting)
        raise Lost(f"{len(fitting)} camera modules are called {wanted}; choose by number: {numbers}")
    if not fitting:
        raise Lost(f"no camera module called {wanted}; here: {here}; check the name and the ribbon cable")
    return fitting[0]


def _is(wanted: str, camera: Mapping[str, Any]) -> bool:
    model, number = str(camera.get("Model", "")).lower(), str(camera.get("Id", "")).lower()
    return wanted.lower() in (model, number) or number.endswith("/" + wanted.lower().lstrip("/"))
