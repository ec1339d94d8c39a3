"""How a wrong setting is reported: what is wrong with it, what would be right, what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from edgedet.config import Config
from edgedet.keys import KEYS, Key
from edgedet.toml import hide, render


def unfit(value: Any) -> str:
    """What would make any file or address by this name fail later."""
    text = str(value) if isinstance(value, str | Path) else ""
    if "\0" in text:
        return "holds a NUL character; take it out"
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "isn't UTF-8; give it another name"
    return ""


def refusal(key: Key, value: Any, entry: str = "") -> str:
    """Why a value can't stand there and what could: ``detect.confidence: 7 is not a number from 0 to 1, such as 0.5``.

    Args:
        key: the setting.
        value: what was given.
        entry: the name inside the setting, where it is a table and one of its entries is wrong.
    """
    if entry:
        return f"{key.name}.{label(entry)}: {show(value)} is not {key.entry_allowed}"
    if value == "" and not key.choices and key.kind is str:
        return f'{key.name}: "" is empty; wanted: {key.field.description}'
    close = closest(value, key.choices) if isinstance(value, str) else ""
    return f"{key.name}: {show(value)} is not {key.allowed}" + (f"; did you mean {close}?" if close else "")


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


def nearest_key(section: str, short: str) -> str:
    """What an unknown key may have been meant to be: one of its section, the same in another, or none."""
    here = [key.short for key in KEYS.values() if key.section == section]
    if close := closest(short, here):
        return f"; did you mean {section}.{close}?"
    there = {key.short: key.name for key in KEYS.values()}
    if close := closest(short, there):
        return f"; did you mean {there[close]}?"
    return f"; [{section}] has {', '.join(here)}"


def nearest_section(word: str) -> str:
    """What an unknown section may have been meant to be: another, or a key outside its section."""
    keys = {key.short: key.name for key in KEYS.values()}
    if word in keys:
        return f"; did you mean {keys[word]}?"
    if close := closest(word, Config.model_fields):
        return f"; did you mean [{close}]?"
    if close := closest(word, keys):
        return f"; did you mean {keys[close]}?"
    return f"; there are {', '.join(f'[{name}]' for name in Config.model_fields)}"
