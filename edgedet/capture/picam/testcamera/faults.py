"""What a test camera is told to do wrong."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import parse_qsl

from edgedet.capture.picam.pixels import FORMATS
from edgedet.errors import SourceError


@dataclass(frozen=True, slots=True)
class Faults:
    """The options of ``picam:test?...``, by the names they have there.

    Attributes:
        stall: seconds after its start at which an opening gives no more frames; 0: never.
        heals: whether opening it again helps.
        drop: share of the frames that are lost, 0 to 1.
        fail: how many openings fail to begin with.
        busy: how many find it in use by another process.
        vanish: seconds after its start at which it is unplugged; 0: never.
        back: seconds it stays away then; 0: for good.
        hang: seconds that closing takes.
        format: libcamera's name of the format that ``main`` comes out as, whatever is asked for.
        lores: whether it gives a second stream.
        model: ``imx708`` has autofocus and HDR, ``imx219`` has neither.
        speed: how many times as fast its own time passes: frames and faults come sooner.
        seed: of what is left to chance.
    """

    stall: float = 0.0
    heals: bool = True
    drop: float = 0.0
    fail: int = 0
    busy: int = 0
    vanish: float = 0.0
    back: float = 5.0
    hang: float = 0.0
    format: str = "RGB888"
    lores: bool = True
    model: str = "imx708"
    speed: float = 1.0
    seed: int = 0


_WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_TEXTS = {"format": FORMATS, "model": ("imx708", "imx219")}


def read_faults(query: str) -> Faults:
    """From the part of an address after its question mark.

    >>> read_faults("stall=30&heals=no").stall
    30.0

    Raises:
        SourceError: there is no such option, or its value makes no sense.
    """
    kinds = {field.name: type(field.default) for field in fields(Faults)}
    given: dict[str, Any] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name not in kinds:
            raise SourceError(f"picam:test: no option {name}; there are {', '.join(kinds)}")
        try:
            given[name] = _read(name, kinds[name], text)
        except (ValueError, KeyError):
            raise SourceError(f"picam:test: {name}={text}: {_wanted(name, kinds[name])}") from None
    return Faults(**given)


def _read(name: str, kind: type, text: str) -> bool | int | float | str:
    if kind is bool:
        return _WORDS[text.lower()]
    if kind is str:
        if text not in _TEXTS[name]:
            raise ValueError(text)
        return text
    number: float = kind(text)
    if not 0 <= number < 1e9 or (name == "drop" and number > 1) or (name == "speed" and number == 0):
        raise ValueError(text)
    return number


def _wanted(name: str, kind: type) -> str:
    if kind is str:
        return f"may be {', '.join(_TEXTS[name])}"
    return {bool: "may be yes or no", int: "write a whole number"}.get(kind, "write a number, not below 0")
