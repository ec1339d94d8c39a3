"""Every setting by name: its flag, its variables, what may stand there and what a text means for it."""

from __future__ import annotations

import contextlib
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from edgedet.config import SECTIONS, Section
from edgedet.shape import Shape, shape_of
from edgedet.toml import render
from edgedet.zoo.name import is_name

PREFIX = "EDGEDET_"

_WORDS = dict.fromkeys(("true", "yes", "on", "1"), True) | dict.fromkeys(("false", "no", "off", "0"), False)
_MAY_BE_FILES = {
    "source.uri": re.compile(r"(?!\d+$|[A-Za-z][A-Za-z0-9]+:)."),
    "output.jsonl": re.compile(r"(?!-$)."),
    "model.delegate": re.compile(r".*/"),
    "zoo.registry": re.compile(r"(?!https?://)."),
}
"""Texts that may also name a file, and what such a name looks like."""
_IN_TEXT = re.compile(r"[\[{].*[\]}]")


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: ``detect.confidence``, or ``zones.porch.polygon``.

    Attributes:
        name: table and key, joined by a dot.
        field: its type, default, limits and meaning.
        flag: as it stands in ``config``: ``-c/--confidence``, ``--loop/--no-loop``; empty if no flag sets it.
        env: the environment variables that set it, the short one first.
        shape: the type of its value.
    """

    name: str
    field: FieldInfo
    flag: str
    env: tuple[str, ...]
    shape: Shape

    @property
    def section(self) -> str:
        """The table it stands in: ``detect``."""
        return self.name.rpartition(".")[0]

    @property
    def short(self) -> str:
        """Its name in that table: ``confidence``."""
        return self.name.rpartition(".")[2]

    @property
    def kind(self) -> type:
        """bool, int, float, str, Path, list or dict."""
        return self.shape.kind

    @property
    def choices(self) -> tuple[str, ...]:
        """The only texts that may stand there; empty if it isn't a choice."""
        return self.shape.choices

    @property
    def allowed(self) -> str:
        """What may stand there, in words."""
        return self.shape.words + (f", such as {self.example}" if self.example else "")

    @property
    def entry_allowed(self) -> str:
        """What may stand in one entry of a table."""
        assert self.shape.item is not None
        entries = tomllib.loads(f"value = {self.example}")["value"]
        return f"{self.shape.item.words}, such as {render(next(iter(entries.values())))}"

    @property
    def example(self) -> str:
        """A value that may stand there, where words alone leave doubts; else empty."""
        if self.kind in (int, float):
            return self.default_text if self.field.default else ""
        if self.kind not in (list, dict):
            return ""
        if found := _IN_TEXT.search(self.field.description or ""):
            with contextlib.suppress(ValueError):  # [x, y] explains, but is no value
                if isinstance(tomllib.loads(f"value = {found[0]}")["value"], self.kind):
                    return found[0]
        return self.shape.example

    @property
    def may_be_file(self) -> bool:
        """Whether it can name a file."""
        return self.kind is Path or self.name in _MAY_BE_FILES

    @property
    def default_text(self) -> str:
        """The default as people write it: without quotes, ``none`` where there is nothing."""
        default = self.field.default
        if default is None or default in ("", {}, []):
            return "none"
        return default if isinstance(default, str) else render(default)

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
            if self.kind in (dict, list):
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


def keys_of(table: type[Section], name: str) -> dict[str, Key]:
    """The keys of a table of this type and name, by their short names; no flag or variable sets them."""
    return {
        short: Key(f"{name}.{short}", field, "", (), shape_of(field.annotation, field.metadata))
        for short, field in table.model_fields.items()
    }


def _keys() -> dict[str, Key]:
    keys = {}
    for section, table in SECTIONS.items():
        for short, key in keys_of(table, section).items():
            extra = key.field.json_schema_extra
            flag = str(extra.get("flag", "")) if isinstance(extra, dict) else ""
            env = [f"{PREFIX}{section}_{short}".upper()]
            if flag:
                long = next(name for name in flag.split("/") if name.startswith("--"))
                env.insert(0, PREFIX + long[2:].replace("-", "_").upper())
            keys[key.name] = replace(key, flag=flag, env=tuple(dict.fromkeys(env)))
    return keys


KEYS = _keys()
"""Every setting that flags, variables and the tables for all cameras can give, by name, in the order of the file."""
