"""``edgedet doctor``: what is wrong here, and what mends it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from edgedet.doctor import CHECKS, examine, gather
from edgedet.doctor.report import as_json, as_text, exit_code


def _known(_context: click.Context, _option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    known = [check.name for check in CHECKS]
    for name in names:
        if name not in known:
            raise click.BadParameter(f"{name}: no such check; there are {', '.join(known)}")
    return names


@click.command()
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="The settings file.")
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object.")
@click.option("--only", multiple=True, metavar="NAME", callback=_known, help="Run this check; may be given again.")
@click.option("--list", "as_list", is_flag=True, help="List the checks.")
@click.pass_context
def doctor(context: click.Context, config: Path | None, as_object: bool, only: tuple[str, ...], as_list: bool) -> None:
    """Look at this machine, the settings and the cameras, and say what mends what is wrong.

    Nothing is changed, and a running edgedet isn't disturbed. The exit code is 0 if nothing is wrong, 1 if there are
    warnings, 2 if something can't work.
    """
    if as_list:
        wide = max(len(check.name) for check in CHECKS)
        for check in CHECKS:
            click.echo(f"{check.name:<{wide}}  {' '.join((check.run.__doc__ or '').split())}")
        return
    findings = examine(gather(config), only)
    if as_object:
        from importlib.metadata import version

        click.echo(as_json(findings, version("edgedet")))
    else:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        click.echo(as_text(findings, colour, min(shutil.get_terminal_size((100, 24)).columns, 120)))
    context.exit(exit_code(findings))
