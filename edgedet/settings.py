"""How a :class:`~edgedet.config.Config` comes about: flags over ``EDGEDET_*`` over the file over the defaults.

Every value remembers where it came from, so that an error can name the file, the line, the variable or the flag.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from edgedet.config import Config
from edgedet.errors import ConfigError
from edgedet.toml import locate, parse, read_text

PREFIX = "EDGEDET_"
RESERVED = {"EDGEDET_CONFIG", "EDGEDET_DEBUG"}
PLACES = (Path("edgedet.toml"), Path("/etc/edgedet/edgedet.toml"))
"""Where the file is looked for when none is named, in this order."""


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: ``detect.confidence``.

    Attributes:
        name: section and key, joined by a dot.
        field: its type, default, limits and meaning.
        flag: as click takes it, ``-c/--confidence``; empty if no flag sets it.
        env: the environment variables that set it.
    """

    name: str
    field: FieldInfo
    flag: str
    env: tuple[str, ...]

    @property
    def flag_names(self) -> list[str]:
        """``["-c", "--confidence"]``; only the first of ``--loop/--no-loop``."""
        names = self.flag.split("/")
        return [name for name in names if not name.startswith("--no-")] if self.flag else []

    @property
    def allowed(self) -> str:
        """What may stand there, in words."""
        return _allowed(self.field.annotation, self.field.metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration in force.

    Attributes:
        config: every value.
        origins: where each is from, by key name: ``default``, ``edgedet.toml:12``, ``EDGEDET_PORT``, ``--port``.
        file: the file that was read, if any.
    """

    config: Config
    origins: dict[str, str]
    file: Path | None


def _keys() -> dict[str, Key]:
    keys = {}
    for section, outer in Config.model_fields.items():
        table: Any = outer.annotation
        for name, field in table.model_fields.items():
            extra = field.json_schema_extra
            flag = str(extra.get("flag", "")) if isinstance(extra, dict) else ""
            env = [f"{PREFIX}{section}_{name}".upper()]
            if flag:
                longest = next(part for part in flag.split("/") if part.startswith("--"))
                env.insert(0, PREFIX + longest[2:].replace("-", "_").upper())
            keys[f"{section}.{name}"] = Key(f"{section}.{name}", field, flag, tuple(dict.fromkeys(env)))
    return keys


KEYS = _keys()
"""Every setting there is, by name."""


def load(flags: Mapping[str, Any], environ: Mapping[str, str] = os.environ, file: Path | None = None) -> Settings:
    """Bring the layers together.

    Args:
        flags: values given on the command line, by key name.
        environ: the environment.
        file: the file to read; None: ``EDGEDET_CONFIG``, else the first of :data:`PLACES` that exists, else none.

    Raises:
        ConfigError: with one line for each thing that is wrong.
    """
    path = find_file(environ, file)
    values: dict[str, Any] = {}
    origins = dict.fromkeys(KEYS, "default")
    problems: list[str] = []
    if path is not None:
        _from_file(path, values, origins, problems)
    _from_environment(environ, values, origins, problems)
    for name, value in flags.items():
        values[name], origins[name] = value, KEYS[name].flag_names[-1]
    nested: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        section, _, key = name.partition(".")
        nested.setdefault(section, {})[key] = value
    try:
        config = Config.model_validate(nested)
    except ValidationError as error:
        problems += _explain(error, values, origins)
    if problems:
        raise ConfigError("\n".join(problems))
    return Settings(config, origins, path)


def find_file(environ: Mapping[str, str], file: Path | None) -> Path | None:
    """The file that will be read: the one named, else the first that exists where files are looked for."""
    named = file or (Path(environ["EDGEDET_CONFIG"]) if environ.get("EDGEDET_CONFIG") else None)
    return named or next((place for place in PLACES if place.is_file()), None)


def _from_file(path: Path, values: dict[str, Any], origins: dict[str, str], problems: list[str]) -> None:
    text = read_text(path)
    content = parse(text, path)
    lines = locate(text)

    def where(*parts: str) -> str:
        line = lines.get(parts) or lines.get(parts[:1])
        return f"{path}:{line}" if line else str(path)

    for section, table in content.items():
        if section not in Config.model_fields:
            close = _did_you_mean(section, [*Config.model_fields, *(name.split(".")[1] for name in KEYS)])
            problems.append(f"{where(section)}: {section}: no such section{close}")
        elif not isinstance(table, dict):
            example = next(name for name in KEYS if name.startswith(f"{section}."))
            problems.append(
                f"{where(section)}: {section}: {_show(section, table)} stands where a table is wanted; "
                f"write [{section}] and its keys below, such as {example.split('.')[1]}"
            )
        else:
            for key, value in table.items():
                name = f"{section}.{key}"
                if name not in KEYS:
                    problems.append(f"{where(section, key)}: {name}: no such key{_did_you_mean(name, KEYS)}")
                    continue
                if Path in get_args(KEYS[name].field.annotation) and isinstance(value, str):
                    value = str(path.parent / value)
                values[name], origins[name] = value, where(section, key)


def _from_environment(
    environ: Mapping[str, str], values: dict[str, Any], origins: dict[str, str], problems: list[str]
) -> None:
    known = {variable: key for key in KEYS.values() for variable in key.env}
    given: dict[str, str] = {}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable in RESERVED:
            continue
        if variable not in known:
            problems.append(f"{variable}: no such setting{_did_you_mean(variable, known)}")
            continue
        name, text = known[variable].name, environ[variable]
        other = given.setdefault(name, variable)
        if environ[other] != text:
            problems.append(
                f"{variable}: {_show(name, text)} but {other} says otherwise, and both set {name}; unset one"
            )
            continue
        value: Any = text
        if get_origin(known[variable].field.annotation) is dict:
            try:
                value = parse(f"value = {text}", Path(variable))["value"]
            except ConfigError:
                problems.append(f"{variable}: {text!r} is no inline table; write it like {{ person = 0.4 }}")
                continue
        values[name], origins[name] = value, variable


def _explain(error: ValidationError, values: Mapping[str, Any], origins: Mapping[str, str]) -> list[str]:
    """One line for each wrong value: where it is from, what it is, what would be right."""
    problems = {}
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"][:2])
        key, inside = KEYS[name], ".".join(str(part) for part in problem["loc"][2:])
        inside = inside.removesuffix(".[key]")
        value = problem["input"] if get_origin(key.field.annotation) is dict else values.get(name)
        full = f"{name}.{inside}" if inside and get_origin(key.field.annotation) is dict else name
        choices = get_args(key.field.annotation) if get_origin(key.field.annotation) is Literal else ()
        close = _did_you_mean(str(value), choices)
        problems[full] = f"{origins[name]}: {full}: {_show(name, value)} is not {key.allowed}{close}"
    return list(problems.values())


def _show(name: str, value: Any) -> str:
    """A value for an error message: short, and without credentials."""
    if name == "source.uri" and isinstance(value, str):
        from edgedet.capture.redact import redact

        value = redact(value)
    text = repr(value) if not isinstance(value, bool) else str(value).lower()
    return text if len(text) <= 80 else text[:77] + "..."


def _did_you_mean(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def _allowed(annotation: Any, metadata: list[Any]) -> str:
    origin = get_origin(annotation)
    if origin is Literal:
        return "one of " + ", ".join(map(str, get_args(annotation)))
    if origin in (Union, UnionType):
        return _allowed(next(a for a in get_args(annotation) if a is not type(None)), metadata)
    if origin is dict:
        return "a table of labels and numbers from 0 to 1, such as { person = 0.4 }"
    if annotation is bool:
        return "true or false"
    if annotation in (int, float):
        noun = "a whole number" if annotation is int else "a number"
        limits = {name: getattr(m, name) for m in metadata for name in ("ge", "gt", "le") if hasattr(m, name)}
        low = f" from {limits['ge']:g}" if "ge" in limits else f" above {limits['gt']:g}" if "gt" in limits else ""
        return noun + low + (f" to {limits['le']:g}" if "le" in limits else "")
    return "a path" if annotation is Path else "text, and not empty" if metadata else "text"
