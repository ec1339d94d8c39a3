"""What the test camera's sensors report of themselves: figures of the real ones, shortened."""

from __future__ import annotations

from typing import Any

Range = tuple[Any, Any, Any]

_RANGES: dict[str, Range] = {
    "AeEnable": (False, True, True),
    "AeMeteringMode": (0, 3, 0),
    "AnalogueGain": (1.0, 16.0, 1.0),
    "AwbMode": (0, 7, 0),
    "Brightness": (-1.0, 1.0, 0.0),
    "Contrast": (0.0, 32.0, 1.0),
    "ExposureTime": (26, 112_015_096, 20000),
    "ExposureValue": (-8.0, 8.0, 0.0),
    "FrameDurationLimits": (8333, 10_000_000, 33333),
    "NoiseReductionMode": (0, 4, 0),
    "Saturation": (0.0, 32.0, 1.0),
    "Sharpness": (0.0, 16.0, 1.0),
}
_FOCUS: dict[str, Range] = {
    "AfMode": (0, 2, 0),
    "AfRange": (0, 2, 0),
    "AfSpeed": (0, 1, 0),
    "AfTrigger": (0, 1, 0),
    "LensPosition": (0.0, 32.0, 1.0),
    "HdrMode": (0, 4, 0),
}
_SIZES = {
    "imx708": [((1536, 864), 120.13), ((2304, 1296), 56.03), ((4608, 2592), 14.35)],
    "imx219": [((640, 480), 206.65), ((1640, 1232), 41.85), ((3280, 2464), 21.19)],
}


def controls_of(model: str, main: tuple[int, int]) -> dict[str, Range]:
    """Least, most and default of each control, as ``Picamera2.camera_controls`` has them.

    Args:
        model: ``imx708`` or ``imx219``.
        main: size of the main stream: the whole picture is the part of the sensor of its shape.
    """
    (width, height), _ = _SIZES[model][-1]
    scale = min(width / main[0], height / main[1])
    across, down = int(main[0] * scale), int(main[1] * scale)
    whole = ((width - across) // 2, (height - down) // 2, across, down)
    crop = {"ScalerCrop": ((0, 0, 64, 64), (0, 0, width, height), whole)}
    return _RANGES | crop | (_FOCUS if model == "imx708" else {})


def modes_of(model: str) -> list[dict[str, Any]]:
    """As ``Picamera2.sensor_modes``."""
    return [
        {"format": "SRGGB10_CSI2P", "bit_depth": 10, "size": size, "fps": fps, "crop_limits": (0, 0, *size)}
        for size, fps in _SIZES[model]
    ]
