"""One colour for each class name, and the ink that can be read on it."""

from __future__ import annotations

import colorsys
import functools
import zlib

Colour = tuple[int, int, int]
"""Blue, green, red; 0 to 255."""

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)

# Okabe and Ito's palette, made to be told apart by colour-blind people too (https://jfly.uni-koeln.de/color/), for
# what a camera sees most.
_CHOSEN: dict[str, Colour] = {
    "person": (0, 159, 230),  # orange
    "cat": (233, 180, 86),  # sky blue
    "dog": (66, 228, 240),  # yellow
    "car": (167, 121, 204),  # pink
    "bicycle": (115, 158, 0),  # green
    "bird": (0, 94, 213),  # vermilion
    "truck": (178, 114, 0),  # blue
}
_HUES, _LIGHTNESSES = 24, (0.45, 0.6, 0.75)


@functools.lru_cache(maxsize=4096)
def colour_of(label: str) -> Colour:
    """The colour of a class: the same in every run, with every model, wherever in its labels the name stands.

    Names beyond the chosen palette get a hue and a lightness from a checksum of the name.
    """
    chosen = _CHOSEN.get(label)
    if chosen is not None:
        return chosen
    number = zlib.crc32(label.encode())
    hue, lightness = number % _HUES / _HUES, _LIGHTNESSES[number // _HUES % len(_LIGHTNESSES)]
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, 0.8)
    return round(blue * 255), round(green * 255), round(red * 255)


def ink_on(plate: Colour) -> Colour:
    """Black or white, whichever stands out more against the plate; at least 4.58 to 1 on any colour."""
    light = luminance(plate)
    return BLACK if contrast(light, 0.0) >= contrast(light, 1.0) else WHITE


def contrast(one: float, other: float) -> float:
    """WCAG 2's contrast ratio of two luminances: 1 (none) to 21 (black on white)."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def luminance(colour: Colour) -> float:
    """WCAG 2's relative luminance: 0 for black, 1 for white."""
    blue, green, red = (_linear(value / 255) for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
