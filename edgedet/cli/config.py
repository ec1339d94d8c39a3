"""``edgedet config``: make, check or show the configuration."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from edgedet.cli.options import settings_options
from edgedet.cli.template import template
from edgedet.config import Config
from edgedet.errors import ConfigError, OutputError
from edgedet.settings import Settings, find_file, load
from edgedet.settings.value import value_of
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

    It holds every key, its meaning and its default, and examples of zones, rules and cameras, all commented out.
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
    """Show every setting in force and where it is from: default, file and line, variable or flag.

    A camera's own settings are called camera.NAME...; what is missing there it has from the settings for all.
    """
    values = {name: _value(settings, name) for name in settings.origins}
    if as_json:
        rows = {name: {"value": value, "origin": settings.origins[name]} for name, value in values.items()}
        click.echo(json.dumps(rows))
        return
    texts = {name: "-" if value is None else render(value) for name, value in values.items()}
    wide, wider = max(map(len, texts)), min(40, max(map(len, texts.values())))
    for name, text in texts.items():
        click.echo(f"{name:<{wide}}  {text:<{wider}}  {settings.origins[name]}")


def _value(settings: Settings, name: str) -> Any:
    """A value as JSON can say it, without credentials."""
    value = value_of(settings.config, name)
    if name.endswith("source.uri"):
        from edgedet.capture.redact import redact

        return redact(value)
    if name in ("notify.urls", "notify.webhook"):
        from edgedet.notify.hiding import hide_address

        return [hide_address(each) for each in value] if isinstance(value, list) else value and hide_address(value)
    return str(value) if isinstance(value, Path) else value
