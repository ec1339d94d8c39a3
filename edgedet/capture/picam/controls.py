"""From the settings to libcamera's controls, each checked against what the camera at hand reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from edgedet.config import SourceConfig
from edgedet.config.camera_controls import region
from edgedet.errors import SourceError

RATE = 30.0
"""Frames a second of a video configuration that asks for none (picamera2's own default)."""

_CHOICES: dict[str, tuple[str, dict[str, int]]] = {
    "autofocus": ("AfMode", {"manual": 0, "once": 1, "continuous": 2}),
    "focus_range": ("AfRange", {"normal": 0, "macro": 1, "full": 2}),
    "focus_speed": ("AfSpeed", {"normal": 0, "fast": 1}),
    "metering": ("AeMeteringMode", {"centre": 0, "spot": 1, "matrix": 2}),
    "white_balance": (
        "AwbMode",
        {"auto": 0, "incandescent": 1, "tungsten": 2, "fluorescent": 3, "indoor": 4, "daylight": 5, "cloudy": 6},
    ),
    "hdr": ("HdrMode", {"off": 0, "multi": 2, "single": 3, "night": 4}),
    "noise_reduction": ("NoiseReductionMode", {"off": 0, "fast": 1, "best": 2, "minimal": 3}),
}
"""Settings that choose: their control, and its values by our names (libcamera's control_ids)."""

_NUMBERS: dict[str, tuple[str, float, float]] = {
    "lens_position": ("LensPosition", -1, 1),
    "exposure": ("ExposureTime", 0, 1e6),
    "gain": ("AnalogueGain", 0, 1),
    "ev": ("ExposureValue", 0, 1),
    "brightness": ("Brightness", 0, 1),
    "contrast": ("Contrast", 1, 1),
    "saturation": ("Saturation", 1, 1),
    "sharpness": ("Sharpness", 1, 1),
}
"""Settings that are numbers: their control, the value that leaves it alone, and how many of its units make one."""

Offered = Mapping[str, tuple[Any, Any, Any]]
"""``Picamera2.camera_controls``: the least, the most and the default of each control, by name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A setting on its way to a control.

    Attributes:
        key: the setting's name in ``[source]``.
        control: libcamera's name.
        value: in the control's unit.
        per: of the control's units make one of the setting's: 1e6 for seconds to microseconds.
        said: the value as the settings have it.
    """

    key: str
    control: str
    value: float
    per: float
    said: str


def controls_for(config: SourceConfig, offered: Offered, model: str, streams: int = 1) -> dict[str, Any]:
    """The controls that the settings ask for, ready for ``Picamera2.set_controls``.

    Args:
        config: the settings.
        offered: what the camera reports, once it is configured: ranges depend on the sensor mode.
        model: what it is called.
        streams: how many pictures it gives: a Pi 5 crops each for itself.

    Raises:
        SourceError: a control isn't offered or a value is out of its range; names both, and what to do.
    """
    controls: dict[str, Any] = {}
    for asked in _asked(config):
        if asked.said == "off" and asked.control not in offered:
            continue  # what isn't there is off
        controls[asked.control] = _checked(asked, offered, model)
    if config.autofocus == "once":
        controls["AfTrigger"] = 0
    controls |= _frame_duration(config, offered, model)
    if config.roi:
        controls |= _crop(config.roi, offered, model, streams)
    return controls


def _asked(config: SourceConfig) -> Iterator[Asked]:
    for key, (control, values) in _CHOICES.items():
        name = getattr(config, key)
        if name in values:
            yield Asked(key, control, values[name], 1, name)
    for key, (control, leaves, per) in _NUMBERS.items():
        number = getattr(config, key)
        if number != leaves:
            if key == "lens_position" and config.autofocus == "default":
                yield Asked(key, "AfMode", 0, 1, "manual")
            yield Asked(key, control, number * per, per, f"{number:g}")


def _checked(asked: Asked, offered: Offered, model: str) -> Any:
    """The value in the type of the control's own."""
    if asked.control not in offered:
        raise missing(asked.key, model)
    least, most, _ = offered[asked.control]
    if _is_range(least, most) and not least <= asked.value <= most:
        if asked.key in _CHOICES:
            names = ", ".join(n for n, value in _CHOICES[asked.key][1].items() if least <= value <= most)
            raise SourceError(f"{asked.key} = {asked.said} isn't offered by {model}; source.{asked.key} may be {names}")
        raise SourceError(
            f"{asked.key} = {asked.said} is out of {model}'s range, {least / asked.per:g} to {most / asked.per:g}; "
            f"change source.{asked.key}"
        )
    return int(asked.value) if isinstance(least, int) else float(asked.value)


def missing(key: str, model: str) -> SourceError:
    """A setting that the camera has no control for."""
    return SourceError(f"{key} isn't offered by {model}; leave out source.{key}")


def _is_range(least: Any, most: Any) -> bool:
    """Whether a control says its limits: some give none, or the same for both."""
    return isinstance(least, int | float) and isinstance(most, int | float) and least < most


def _frame_duration(config: SourceConfig, offered: Offered, model: str) -> dict[str, Any]:
    """The frame rate, as the shortest and the longest time of a frame in microseconds."""
    if not config.fps and config.exposure <= 1 / RATE:
        return {}
    if "FrameDurationLimits" not in offered:
        raise missing("fps" if config.fps else "exposure", model)
    if config.fps and config.exposure * config.fps > 1:
        raise SourceError(
            f"exposure = {config.exposure:g} is longer than a frame at {config.fps:g} a second; lower source.fps to "
            f"{1 / config.exposure:g} at most"
        )
    duration = round(1e6 / config.fps) if config.fps else round(config.exposure * 1e6)
    least, most, _ = offered["FrameDurationLimits"]
    if _is_range(least, most) and not least - 1 <= duration <= most + 1:
        key = "fps" if config.fps else "exposure"
        raise SourceError(
            f"{key} = {getattr(config, key):g} is out of {model}'s range in this mode, {1e6 / most:g} to "
            f"{1e6 / least:g} frames a second; change source.{key}, or the size or source.mode"
        )
    return {"FrameDurationLimits": (duration, duration)}


def _crop(text: str, offered: Offered, model: str, streams: int) -> dict[str, Any]:
    """The part of the picture, as a rectangle on the sensor; widened to the picture's shape, lest it be stretched."""
    if "ScalerCrop" not in offered:
        raise missing("roi", model)
    x, y, width, height = region(text)
    size = max(width, height)
    x, y = (min(max(0.0, at + (extent - size) / 2), 1 - size) for at, extent in ((x, width), (y, height)))
    least, most, whole = offered["ScalerCrop"]
    if not (whole and whole[2] and whole[3]):
        whole = most
    crop = (
        *(round(whole[i] + at * whole[2 + i]) for i, at in enumerate((x, y))),
        *(round(size * s) for s in whole[2:]),
    )
    if crop[2] < least[2] or crop[3] < least[3]:
        raise SourceError(
            f"roi = {text} is smaller than {model} can zoom into ({least[2]}x{least[3]} of {whole[2]}x{whole[3]} "
            "pixels); widen source.roi"
        )
    # a Pi 5 heeds only this control, which picamera2 has already set for the whole picture
    return {"ScalerCrops": [crop] * streams} if "ScalerCrops" in offered else {"ScalerCrop": crop}
