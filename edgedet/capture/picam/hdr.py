"""The imx708's own high dynamic range, which is switched beside libcamera."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edgedet.capture.picam.failure import FAILURES
from edgedet.errors import SourceError

SENSOR = "imx708"
"""The only sensor picamera2 can switch."""


def set_sensor_hdr(camera: Mapping[str, Any], hdr: str) -> None:
    """Switch it on for ``sensor``, off for ``off``; before the camera is opened, as its modes depend on it.

    Args:
        camera: its entry of ``Picamera2.global_camera_info()``.
        hdr: as ``source.hdr`` has it.

    Raises:
        SourceError: this camera has none, or it can't be switched.
    """
    model = str(camera.get("Model", "")).removesuffix("_wide").removesuffix("_noir").removesuffix("_wide")
    if model != SENSOR:
        if hdr == "sensor":
            raise SourceError(
                f"hdr = sensor isn't offered by {camera.get('Model')}, only by {SENSOR}; change source.hdr"
            )
        return
    if hdr not in ("sensor", "off"):
        return
    try:
        from picamera2.devices.imx708 import IMX708

        with IMX708(camera.get("Num")) as device:
            device.set_sensor_hdr_mode(hdr == "sensor")
    except (ImportError, *FAILURES) as error:
        raise SourceError(f"hdr = {hdr}: the sensor can't be switched ({error}); leave out source.hdr") from None
