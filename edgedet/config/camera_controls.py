"""What a camera module can be told: focus, exposure, colour, which way up and which part of the picture."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import field_validator, model_validator

from edgedet.config.section import Section, key

_MODE = re.compile(r"[1-9]\d{0,4}x[1-9]\d{0,4}(:\d{1,2})?")


class CameraControls(Section):
    """Keys of ``[source]`` for camera modules (``picam:``); what the module at hand offers is checked as it opens.

    Names and meanings are libcamera's controls; ``default`` and the numbers given as defaults leave them alone.
    """

    rotation: int = key(0, "degrees a camera module's picture is turned: 0 or 180")
    hflip: bool = key(False, "mirror a camera module's picture, left to right")
    vflip: bool = key(False, "turn a camera module's picture upside down, mirrored")
    roi: str = key("", 'part of a camera module\'s picture to zoom into, as fractions: "x,y,width,height"; empty: all')
    mode: str = key("", 'sensor mode of a camera module: "1536x864", or with its bits "1536x864:10"; empty: chosen')
    autofocus: Literal["default", "manual", "once", "continuous"] = key("default", "how a camera module focuses")
    focus_range: Literal["default", "normal", "macro", "full"] = key("default", "where the autofocus searches")
    focus_speed: Literal["default", "normal", "fast"] = key("default", "how fast the autofocus moves")
    lens_position: float = key(
        -1, "focus by hand, in dioptres: 1 / distance in metres, 0 is infinity; -1 leaves it", ge=-1, le=100
    )
    exposure: float = key(0, "seconds a camera module exposes each frame; 0: automatic", ge=0, le=600)
    gain: float = key(0, "a camera module's analogue gain; 0: automatic", ge=0, le=1000)
    ev: float = key(0, "stops brighter or darker than the automatic exposure", ge=-8, le=8)
    metering: Literal["default", "centre", "spot", "matrix"] = key("default", "what the automatic exposure looks at")
    white_balance: Literal[
        "default", "auto", "incandescent", "tungsten", "fluorescent", "indoor", "daylight", "cloudy"
    ] = key("default", "the light a camera module's colours are balanced for")
    hdr: Literal["default", "off", "sensor", "single", "multi", "night"] = key(
        "default", "high dynamic range: sensor is the imx708's own, the others are the Pi 5's"
    )
    brightness: float = key(0, "a camera module's brightness; 0 leaves it", ge=-1, le=1)
    contrast: float = key(1, "a camera module's contrast; 1 leaves it", ge=0, le=32)
    saturation: float = key(1, "a camera module's saturation; 1 leaves it, 0 is grey", ge=0, le=32)
    sharpness: float = key(1, "a camera module's sharpening; 1 leaves it", ge=0, le=16)
    noise_reduction: Literal["default", "off", "fast", "best", "minimal"] = key(
        "default", "a camera module's noise reduction"
    )

    @field_validator("rotation")
    @classmethod
    def _half_turns_only(cls, value: int) -> int:
        if value in (90, 270):
            raise ValueError(
                f"a camera module can't turn its picture by {value} degrees; mount it upright or upside down (180)"
            )
        if value not in (0, 180):
            raise ValueError(f"{value} is neither 0 nor 180")
        return value

    @field_validator("roi")
    @classmethod
    def _part_of_the_picture(cls, value: str) -> str:
        if value:
            region(value)
        return value

    @field_validator("mode")
    @classmethod
    def _size_and_bits(cls, value: str) -> str:
        if value and not _MODE.fullmatch(value):
            raise ValueError(f'"{value}" is no sensor mode; write "1536x864" or "1536x864:10" (see: edgedet sources)')
        return value

    @model_validator(mode="after")
    def _lens_held_by_hand(self) -> CameraControls:
        if self.lens_position >= 0 and self.autofocus not in ("default", "manual"):
            raise ValueError(f'lens_position: autofocus = "{self.autofocus}" moves the lens itself; leave one out')
        return self


def region(text: str) -> tuple[float, float, float, float]:
    """A part of the picture, as ``source.roi`` has it.

    >>> region("0.25,0.25,0.5,0.5")
    (0.25, 0.25, 0.5, 0.5)

    Raises:
        ValueError: it isn't four fractions that lie in the picture.
    """
    try:
        x, y, width, height = (float(part) for part in text.split(","))
    except ValueError:
        x, y, width, height = -1.0, 0.0, 0.0, 0.0
    if not (0 <= x < 1 and 0 <= y < 1 and 0 < width <= 1 - x + 1e-9 and 0 < height <= 1 - y + 1e-9):
        raise ValueError(f'"{text}" is no part of the picture; write "x,y,width,height", such as "0.25,0.25,0.5,0.5"')
    return x, y, width, height


def pixels(text: str) -> tuple[int, int]:
    """Width and height of ``320x180``; of a mode, without its bits.

    >>> pixels("1536x864:10")
    (1536, 864)
    """
    width, height = text.partition(":")[0].split("x")
    return int(width), int(height)
