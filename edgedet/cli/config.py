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
from edgedet.keys import KEYS, Key
from edgedet.settings import Settings, find_file, load
from edgedet.toml import render


@click.group(invoke_without_command=True)
@click.pass_context
def config(context: click.Context) -> None:
    """Make, check or show the configuration."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@config.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("edgedet.toml"))
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def init(path: Path, force: bool) -> None:
    """Write a settings file to PATH (default: edgedet.toml).

    It holds every key, its meaning and its default, all commented out.
    """
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
    """Say what is wrong with the settings file PATH (default: the one `edgedet run` would read)."""
    file = find_file(os.environ, path)
    if file is None:
        raise ConfigError("edgedet.toml: not here; give a path, or make one with: edgedet config init")
    load({}, {}, file)
    click.echo(f"{file}: ok")


@config.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@settings_options(*Config.model_fields)
def show(settings: Settings, as_json: bool) -> None:
    """Show every setting in force and where it is from: default, file and line, variable or flag."""
    values = {name: _value(settings, key) for name, key in KEYS.items()}
    if as_json:
        rows = {name: {"value": value, "origin": settings.origins[name]} for name, value in values.items()}
        click.echo(json.dumps(rows))
        return
    texts = {name: "-" if value is None else render(value) for name, value in values.items()}
    wide, wider = max(map(len, texts)), min(40, max(map(len, texts.values())))
    for name, text in texts.items():
        click.echo(f"{name:<{wide}}  {text:<{wider}}  {settings.origins[name]}")


def template() -> str:
    """A settings file with every key commented out: the defaults."""
    lines = ["# Settings of edgedet. What is commented out is the default."]
    section = ""
    for key in KEYS.values():
        if key.section != section:
            section = key.section
            about = (Config.model_fields[section].annotation.__doc__ or "").splitlines()[0]
            lines += ["", f"# {about}", f"[{section}]"]
        meaning = key.field.description or ""
        choices = f" ({', '.join(key.choices)})" if key.choices else ""
        lines.append(f"# {key.short} = {render(key.field.default)}".ljust(34) + f"  # {meaning}{choices}")
    return "\n".join(lines) + "\n"


def _value(settings: Settings, key: Key) -> Any:
    """A value as JSON can say it, without credentials."""
    value = getattr(getattr(settings.config, key.section), key.short)
    if key.name == "source.uri":
        from edgedet.capture.redact import redact

        return redact(value)
    return str(value) if isinstance(value, Path) else value
