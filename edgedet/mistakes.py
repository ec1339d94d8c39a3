"""How a wrong setting is reported: what is wrong with it, what would be right, what was probably meant."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from edgedet.config import NAMED, SECTIONS, CameraConfig, Config
from edgedet.keys import KEYS, Key
from edgedet.toml import hide, render


def unfit(value: Any) -> str:
    """What would make any file or address by this name, or by one in this list, fail later."""
    if isinstance(value, list):
        return next(filter(None, map(unfit, value)), "")
    text = str(value) if isinstance(value, str | Path) else ""
    if "\0" in text:
        return "holds a NUL character; take it out"
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "isn't UTF-8; give it another name"
    return ""


def refusal(key: Key, name: str, value: Any, path: Sequence[str | int] = ()) -> str:
    """Why a value can't stand there and what could: ``detect.confidence: 7 is not a number from 0 to 1, such as 0.5``.

    Args:
        key: the setting.
        name: what to call it.
        value: what was given.
        path: the way to what is wrong inside the value: an entry's name, a point's number (from 0).
    """
    shape, way, wrong = key.shape.descend(path, value)
    allowed = key.allowed
    if way and key.kind is dict:
        name, allowed = f"{name}.{label(way[0])}", key.entry_allowed
    elif way:
        name = f"{name}: {', '.join(way)}"
        allowed = shape.words + (f", such as {shape.example}" if shape.example else "")
    if wrong == "" and not shape.choices and shape.kind is str:
        return f'{name}: "" is empty; ' + ("take it out" if way else f"wanted: {key.field.description}")
    close = closest(wrong, shape.choices) if isinstance(wrong, str) else ""
    return f"{name}: {show(wrong)} is not {allowed}" + (f"; did you mean {close}?" if close else "")


def show(value: Any) -> str:
    """A value for an error message: short, and without credentials."""
    try:
        text = render(value)
    except (RecursionError, ValueError):  # nested without end; a number of too many digits
        return "what stands there"
    text = hide(text)
    return text if len(text) <= 80 else text[:77] + "..."


def label(name: str) -> str:
    """A key's name for an error message, which must stay one short line."""
    return name if name.isprintable() and len(name) <= 80 else show(name)


def closest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, upper or lower case; "" if none is."""
    lower = {each.lower(): each for each in known}
    return next((lower[match] for match in difflib.get_close_matches(word.lower(), lower, n=1)), "")


def one_line(text: str) -> str:
    """A text that may quote what a user wrote, as one line without credentials."""
    return hide("".join(c if c.isprintable() else " " for c in " ".join(text.split())))


def header(name: str) -> str:
    """How a table begins in the file: ``[detect]``, ``[zones.NAME]``, ``[[camera]]``."""
    return "[[camera]]" if name == "camera" else f"[{name}.NAME]" if name in NAMED else f"[{name}]"


def misnamed(kind: str) -> str:
    """Why a name won't do for a zone, line, rule or camera."""
    what = kind.removesuffix("s")
    return f"a {what}'s name is letters, digits, - and _, at most 64; choose another"


def nearest_key(kind: str, table: str, short: str) -> str:
    """What an unknown key of a table may have been meant to be: one of its own, the same in another, or none.

    Args:
        kind: ``detect``, ``zones``.
        table: its name: ``detect``, ``zones.porch``.
        short: the key as it stands there.
    """
    here = list((SECTIONS | NAMED)[kind].model_fields)
    if close := closest(short, here):
        return f"; did you mean {table}.{close}?"
    if close := closest(short, _elsewhere()) if kind in SECTIONS else "":
        return f"; did you mean {_elsewhere()[close]}?"
    return f"; [{table}] has {', '.join(here)}" if kind == table else f"; {table} has {', '.join(here)}"


def nearest_section(word: str) -> str:
    """What an unknown section may have been meant to be: another, or a key outside its section."""
    keys = _elsewhere()
    if same := next((name for name in Config.model_fields if name.rstrip("s") == word.lower().rstrip("s")), ""):
        return f"; did you mean {header(same)}?"
    if word in keys:
        return f"; did you mean {keys[word]}?"
    if close := closest(word, Config.model_fields):
        return f"; did you mean {header(close)}?"
    if close := closest(word, keys):
        return f"; did you mean {keys[close]}?"
    return f"; there are {', '.join(map(header, Config.model_fields))}"


def nearest_in_camera(word: str) -> str:
    """Why something has no place in a ``[[camera]]``, and where it has one."""
    if word in Config.model_fields:
        return f"is for all cameras; write it as {header(word)}"
    here = [name for name in CameraConfig.model_fields if name != "name"]
    keys = {short: names for short, names in _elsewhere().items() if names.partition(".")[0] in here}
    if word in keys:
        return f"no such key; did you mean {keys[word]}?"
    if close := closest(word, ["name", *here]):
        return f"no such key; did you mean {close}?"
    if close := closest(word, keys):
        return f"no such key; did you mean {keys[close]}?"
    return f"no such key; a camera has name, {', '.join(here)}"


@functools.cache
def _elsewhere() -> dict[str, str]:
    """Every key's short name, with its whole one; with all of them if several sections have it."""
    keys: dict[str, str] = {}
    for key in KEYS.values():
        keys[key.short] = f"{keys[key.short]} or {key.name}" if key.short in keys else key.name
    for kind, table in NAMED.items():
        for short in table.model_fields:
            keys.setdefault(short, f"{kind}.NAME.{short}")
    return keys
