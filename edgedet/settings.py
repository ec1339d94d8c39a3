"""How a :class:`~edgedet.config.Config` comes about: flags over ``EDGEDET_*`` over the file over the defaults.

Every value remembers where it came from, so that an error can name the file, the line, the variable or the flag.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from edgedet.config import Config
from edgedet.errors import ConfigError
from edgedet.keys import KEYS, PREFIX, Key
from edgedet.mistakes import closest, label, nearest_key, nearest_section, refusal, show, unfit
from edgedet.toml import locate, parse, read_text

RESERVED = {"EDGEDET_CONFIG", "EDGEDET_DEBUG", "EDGEDET_MODELS"}
"""Variables that aren't settings: the file's name, whether to show tracebacks, the folder of pulled models."""
PLACES = (Path("edgedet.toml"), Path("/etc/edgedet/edgedet.toml"))
"""Where the file is looked for when none is named, in this order."""


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


@dataclass(frozen=True, slots=True)
class _Given:
    """A value some layer gives, where it stands, and where each entry stands if it is a table."""

    value: Any
    origin: str
    entries: dict[str, str] = field(default_factory=dict)


def load(flags: Mapping[str, Any], environ: Mapping[str, str] = os.environ, file: Path | None = None) -> Settings:
    """Bring the layers together.

    >>> settings = load({"detect.confidence": "0.7"}, {"EDGEDET_THREADS": "2"}, Path(os.devnull))
    >>> settings.config.detect.confidence, settings.origins["detect.confidence"]
    (0.7, '--confidence')
    >>> settings.config.model.threads, settings.origins["model.threads"]
    (2, 'EDGEDET_THREADS')

    Args:
        flags: values given on the command line, by key name; texts mean what they would in the environment.
        environ: the environment.
        file: the file to read; None: ``EDGEDET_CONFIG``, else the first of :data:`PLACES` that exists, else none.
            A relative path in it starts from its folder; one in a flag or variable from the current folder.

    Raises:
        ConfigError: with one line for each thing that is wrong. A wrong value that a higher layer replaces isn't.
    """
    problems: list[str] = []
    path = find_file(environ, file)
    given = _from_file(path, problems) if path is not None else {}
    given |= _from_environment(environ, problems)
    for name, value in flags.items():
        given[name] = _from_text(KEYS[name], value, KEYS[name].flag_for(value))
    config = _validate(given, problems)
    if problems:
        raise ConfigError("\n".join(problems))
    return Settings(config, {name: given[name].origin if name in given else "default" for name in KEYS}, path)


def find_file(environ: Mapping[str, str], file: Path | None) -> Path | None:
    """The file that will be read: the one named, else the first that exists where files are looked for."""
    if file is None and environ.get("EDGEDET_CONFIG"):
        file = Path(environ["EDGEDET_CONFIG"])
    return file or next(filter(_stands, PLACES), None)


def _stands(path: Path) -> bool:
    """Whether something is there, though it be a broken link or out of reach: reading it then says so."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _from_file(path: Path, problems: list[str]) -> dict[str, _Given]:
    text = read_text(path)
    content = parse(text, path)
    lines = locate(text)

    def where(*parts: str) -> str:
        line = next((lines[parts[:n]] for n in range(len(parts), 0, -1) if parts[:n] in lines), None)
        return f"{path}:{line}" if line else str(path)

    given = {}
    for section, table in content.items():
        if section not in Config.model_fields:
            problems.append(f"{where(section)}: {label(section)}: no such section{nearest_section(section)}")
            continue
        if not isinstance(table, dict):
            example = next(key.short for key in KEYS.values() if key.section == section)
            problems.append(
                f"{where(section)}: {section}: {show(table)} stands where a table is wanted; "
                f"write [{section}] and its keys below, such as {example}"
            )
            continue
        for short, value in table.items():
            key = KEYS.get(f"{section}.{short}")
            if key is None:
                problems.append(
                    f"{where(section, short)}: {section}.{label(short)}: no such key{nearest_key(section, short)}"
                )
                continue
            inside = value if isinstance(value, dict) else ()
            entries = {entry: where(section, short, entry) for entry in inside}
            given[key.name] = _Given(key.place(value, path.parent), where(section, short), entries)
    return given


def _from_environment(environ: Mapping[str, str], problems: list[str]) -> dict[str, _Given]:
    known = {variable: key for key in KEYS.values() for variable in key.env}
    given: dict[str, _Given] = {}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable in RESERVED:
            continue
        if variable not in known:
            short = {name.removeprefix(PREFIX): name for name in known}
            close = closest(variable.removeprefix(PREFIX), short)
            hint = f"did you mean {short[close]}?" if close else "unset it"
            problems.append(f"{variable}: no such setting; {hint}")
            continue
        key = known[variable]
        value = _from_text(key, environ[variable], variable)
        other = given.setdefault(key.name, value)
        if other.value != value.value:
            problems.append(
                f"{variable}: {key.name}: {show(value.value)}, but {other.origin} says otherwise; unset one"
            )
    return given


def _from_text(key: Key, value: Any, origin: str) -> _Given:
    return _Given(key.place(key.read(value) if isinstance(value, str) else value, Path()), origin)


def _validate(given: Mapping[str, _Given], problems: list[str]) -> Config:
    """The configuration, if there are no problems; what is wrong is added to them."""
    sections: dict[str, Any] = {}
    for section, outer in Config.model_fields.items():
        values = {KEYS[name].short: each.value for name, each in given.items() if KEYS[name].section == section}
        for short, value in values.items():
            if fault := unfit(value):
                problems.append(f"{given[f'{section}.{short}'].origin}: {section}.{short}: {show(value)} {fault}")
        table: Any = outer.annotation
        try:
            sections[section] = table(**values)
        except ValidationError as error:
            problems += _explain(section, error, given)
    return Config(**sections)


def _explain(section: str, error: ValidationError, given: Mapping[str, _Given]) -> list[str]:
    """One line for each wrong value."""
    problems = []
    for problem in error.errors(include_url=False, include_context=False):
        short, *inside = map(str, problem["loc"])
        key = KEYS[f"{section}.{short}"]
        each = given[key.name]
        if inside:
            origin = each.entries.get(inside[0], each.origin)
            problems.append(f"{origin}: {refusal(key, problem['input'], inside[0])}")
        else:
            problems.append(f"{each.origin}: {refusal(key, each.value)}")
    return problems
