"""Every setting by name: its flag, its variables, what may stand there and what a text means for it."""

from __future__ import annotations

import contextlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from edgedet.config import Config
from edgedet.toml import render
from edgedet.zoo.registry import is_name

PREFIX = "EDGEDET_"

_WORDS = dict.fromkeys(("true", "yes", "on", "1"), True) | dict.fromkeys(("false", "no", "off", "0"), False)
_MAY_BE_FILES = {
    "source.uri": re.compile(r"(?!\d+$|[A-Za-z][A-Za-z0-9]+:)."),
    "output.jsonl": re.compile(r"(?!-$)."),
    "model.delegate": re.compile(r".*/"),
}
"""Texts that may also name a file, and what such a name looks like."""


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: ``detect.confidence``.

    Attributes:
        name: section and key, joined by a dot.
        field: its type, default, limits and meaning.
        flag: as it stands in ``config.py``: ``-c/--confidence``, ``--loop/--no-loop``; empty if no flag sets it.
        env: the environment variables that set it, the short one first.
    """

    name: str
    field: FieldInfo
    flag: str
    env: tuple[str, ...]

    @property
    def section(self) -> str:
        """The table it stands in: ``detect``."""
        return self.name.partition(".")[0]

    @property
    def short(self) -> str:
        """Its name in that table: ``confidence``."""
        return self.name.partition(".")[2]

    @property
    def kind(self) -> type:
        """bool, int, float, str, Path or dict."""
        kind: Any = self.field.annotation
        if get_origin(kind) in (Union, UnionType):  # Path | None
            kind = next(part for part in get_args(kind) if part is not type(None))
        return dict if get_origin(kind) is dict else str if self.choices else kind

    @property
    def choices(self) -> tuple[str, ...]:
        """The only texts that may stand there; empty if it isn't a choice."""
        kind = self.field.annotation
        return get_args(kind) if get_origin(kind) is Literal else ()

    @property
    def limits(self) -> list[Any]:
        """Pydantic's limits of the number; of each number, in a table."""
        inner = get_args(self.field.annotation)[1:] if self.kind is dict else ()
        return get_args(inner[0])[1].metadata if inner else self.field.metadata

    @property
    def allowed(self) -> str:
        """What may stand there, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind is dict:
            return "a table of numbers, such as { person = 0.4 }"
        if self.kind is bool:
            return "true or false"
        if self.kind in (int, float):
            return _number(self.kind, self.limits) + (f", such as {self.default_text}" if self.field.default else "")
        return "a path in quotes" if self.kind is Path else "text in quotes"

    @property
    def may_be_file(self) -> bool:
        """Whether it can name a file."""
        return self.kind is Path or self.name in _MAY_BE_FILES

    @property
    def default_text(self) -> str:
        """The default as people write it: without quotes, ``none`` where there is nothing."""
        default = self.field.default
        return "none" if default in (None, "", {}) else default if isinstance(default, str) else render(default)

    @property
    def entry_allowed(self) -> str:
        """What may stand in one entry of a table."""
        return _number(float, self.limits) + ", such as 0.4"

    def flag_for(self, value: Any) -> str:
        """The flag that gave this value: ``--no-loop`` for False."""
        names = self.flag.split("/")
        return names[-1] if self.kind is not bool or value is False else names[0]

    def read(self, text: str) -> Any:
        """What a flag's or a variable's text means here; the text itself where it can't mean anything."""
        with contextlib.suppress(ValueError, RecursionError):  # no number, no TOML, nested without end
            if self.kind is bool:
                return _WORDS.get(text.strip().lower(), text)
            if self.kind in (int, float):
                return self.kind(text)
            if self.kind is dict:
                return tomllib.loads(f"value = {text}")["value"]
        return text

    def place(self, value: Any, folder: Path) -> Any:
        """A value with its relative path taken from ``folder`` and ``~`` from home; None for an empty path."""
        if not isinstance(value, str):
            return value
        if self.name == "model.path" and is_name(value) and not (folder / value).exists():
            return Path(value)  # a model by its name
        if self.kind is Path:
            return folder / _expand(value) if value else None
        names_file = self.name in _MAY_BE_FILES and _MAY_BE_FILES[self.name].match(value)
        return str(folder / _expand(value)) if names_file else value


def _expand(text: str) -> Path:
    with contextlib.suppress(RuntimeError):  # there is no such user: a file may still begin with ~
        return Path(text).expanduser()
    return Path(text)


def _number(kind: type, limits: list[Any]) -> str:
    bounds = {name: getattr(limit, name) for limit in limits for name in ("ge", "gt", "le") if hasattr(limit, name)}
    low = f" from {bounds['ge']:g}" if "ge" in bounds else f" above {bounds['gt']:g}" if "gt" in bounds else ""
    high = f" to {bounds['le']:g}" if "le" in bounds else ""
    return ("a whole number" if kind is int else "a number") + low + high


def _keys() -> dict[str, Key]:
    keys = {}
    for section, outer in Config.model_fields.items():
        table: Any = outer.annotation
        for short, field in table.model_fields.items():
            extra = field.json_schema_extra
            flag = str(extra.get("flag", "")) if isinstance(extra, dict) else ""
            env = [f"{PREFIX}{section}_{short}".upper()]
            if flag:
                long = next(name for name in flag.split("/") if name.startswith("--"))
                env.insert(0, PREFIX + long[2:].replace("-", "_").upper())
            keys[f"{section}.{short}"] = Key(f"{section}.{short}", field, flag, tuple(dict.fromkeys(env)))
    return keys


KEYS = _keys()
"""Every setting there is, by name, in the order of the file."""
