"""What the environment and the command line say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgedet.config import NAMED
from edgedet.keys import KEYS, PREFIX, Key
from edgedet.mistakes import closest, header, show
from edgedet.settings.given import Given

RESERVED = {"EDGEDET_CONFIG", "EDGEDET_DEBUG", "EDGEDET_MODELS"}
"""Variables that aren't settings: the file's name, whether to show tracebacks, the folder of pulled models."""
_FILE_ALONE = {name[:length].upper(): name for name in (*NAMED, "cameras") for length in (len(name) - 1, len(name))}
"""What only the file can give, by what a variable for it would begin with: ``ZONE``, ``ZONES``."""


def from_environment(environ: Mapping[str, str], problems: list[str]) -> dict[str, Given]:
    """The settings among the variables, by key name; a line is added to the problems for each that is none."""
    known = {variable: key for key in KEYS.values() for variable in key.env}
    given: dict[str, Given] = {}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable in RESERVED:
            continue
        if variable not in known:
            problems.append(f"{variable}: {_unknown(variable.removeprefix(PREFIX), known)}")
            continue
        key = known[variable]
        value = _from_text(key, environ[variable], variable)
        other = given.setdefault(key.name, value)
        if other.value != value.value:
            problems.append(
                f"{variable}: {key.name}: {show(value.value)}, but {other.origin} says otherwise; unset one"
            )
    return given


def from_flags(flags: Mapping[str, Any]) -> dict[str, Given]:
    """The settings among the flags, by key name."""
    return {name: _from_text(KEYS[name], value, KEYS[name].flag_for(value)) for name, value in flags.items()}


def _unknown(word: str, known: Mapping[str, Key]) -> str:
    if kind := _FILE_ALONE.get(word.partition("_")[0]):
        table = header(kind if kind in NAMED else "camera")
        return f"{kind} can't be set by variables; write {table} in the settings file"
    short = {name.removeprefix(PREFIX): name for name in known}
    close = closest(word, short)
    return "no such setting; " + (f"did you mean {short[close]}?" if close else "unset it")


def _from_text(key: Key, value: Any, origin: str) -> Given:
    return Given(key.name, key.place(key.read(value) if isinstance(value, str) else value, Path()), origin)
