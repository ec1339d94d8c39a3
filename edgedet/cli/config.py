"""``edgedet config``: make, check or show the configuration."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from edgedet.cli.options import settings_options
from edgedet.config import Config
from edgedet.errors import ConfigError, OutputError
from edgedet.settings import KEYS, Settings, find_file, load


@click.group()
def config() -> None:
    """Make, check or show the configuration."""


@config.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("edgedet.toml"))
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def init(path: Path, force: bool) -> None:
    """Write a settings file with every key, its meaning and its default, all commented out."""
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError:
        raise OutputError(f"{path}: already there; give another name, or --force to overwrite it") from None
    except OSError as error:
        raise OutputError(f"{path}: can't be written ({error.strerror}); choose another place") from None
    click.echo(f"{path}: written; take out the # of what you change")


@config.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
def check(path: Path | None) -> None:
    """Say what is wrong with a settings file (default: the one `edgedet run` would read)."""
    file = find_file(os.environ, path)
    if file is None:
        raise ConfigError("no settings file here; give its path, or make one with: edgedet config init")
    load({}, {}, file)
    click.echo(f"{file}: ok")


@config.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@settings_options(*Config.model_fields)
def show(settings: Settings, as_json: bool) -> None:
    """Show every setting in force and where it is from: default, file and line, variable or flag."""
    rows = {name: (_value(settings, name), origin) for name, origin in settings.origins.items()}
    if as_json:
        click.echo(json.dumps({name: {"value": value, "origin": origin} for name, (value, origin) in rows.items()}))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("key", "value", "from", box=None, pad_edge=False)
    for name, (value, origin) in rows.items():
        style = "dim" if origin == "default" else ""
        table.add_row(name, _toml(value) if value is not None else "-", origin, style=style)
    Console(soft_wrap=True).print(table)


def template() -> str:
    """A commented settings file."""
    lines = ["# Settings of edgedet. What is commented out is the default.", ""]
    section = ""
    for name, key in KEYS.items():
        table, _, short = name.partition(".")
        if table != section:
            section = table
            doc = (Config.model_fields[table].annotation.__doc__ or "").splitlines()[0]
            lines += ["", f"# {doc}", f"[{table}]"]
        default = key.field.default
        value = _toml(default) if default is not None else '""'
        lines.append(f"# {short} = {value}".ljust(34) + f"  # {key.field.description}")
    return "\n".join(lines) + "\n"


def _value(settings: Settings, name: str) -> Any:
    section, _, key = name.partition(".")
    value = getattr(getattr(settings.config, section), key)
    if name == "source.uri":
        from edgedet.capture.redact import redact

        return redact(value)
    return str(value) if isinstance(value, Path) else value


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {v}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value)
