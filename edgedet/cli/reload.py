"""``edgedet reload``: a changed settings file, taken over by the program that runs with it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from edgedet.errors import ConfigError, EdgedetError
from edgedet.running import running
from edgedet.settings import find_file, load


@click.command()
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The settings file  [default: edgedet.toml if there is one]",
)
def reload(config: Path | None) -> None:
    """Take the changed settings over into the edgedet that runs with them, without a stop.

    Zones, lines, rules, thresholds, motion, recording, retention and privacy change at once; what needs a restart is
    named. A file with a mistake in it is refused, and the old settings go on.
    """
    file = find_file(os.environ, config)
    if file is None:
        raise ConfigError("edgedet.toml: not here; say which one with --config")
    load({}, {}, file)
    processes = running(file)
    if not processes:
        raise ConfigError(f"{file}: no edgedet of yours runs with it; start one with: edgedet run --config {file}")
    refused: list[str] = []
    for process in processes:
        try:
            answer = process.ask()
        except EdgedetError as error:
            refused.append(str(error))
            continue
        if answer.ok:
            click.echo("\n".join(answer.lines))
        else:
            refused += answer.lines
    if refused:
        raise ConfigError("\n".join(refused))
