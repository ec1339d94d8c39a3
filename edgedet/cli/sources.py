"""``edgedet sources``: what cameras are here."""

from __future__ import annotations

import dataclasses
import json

import click

from edgedet.capture.listing import list_sources


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def sources(as_json: bool) -> None:
    """List the cameras that are here, each with what to give to --source."""
    found = list_sources()
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(source) for source in found]))
        return
    for source in found:
        click.echo(f"{source.uri:<22} {source.name}" + (f" ({source.detail})" if source.detail else ""))
