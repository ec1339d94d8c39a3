"""``edgedet events``: what happened, and the film to show it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from edgedet.cli.event_options import chosen, filter_options, ids_argument, root_of, storage_options
from edgedet.cli.event_table import csv_text, events_text, full_text, size_text, statistics_text, table
from edgedet.cli.options import settings_options
from edgedet.events.store import marks
from edgedet.events.store.reading import Query, query
from edgedet.settings import Settings

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(invoke_without_command=True)
@click.pass_context
def events(context: click.Context) -> None:
    """List, show, export, keep and delete what was recorded, while the camera runs or not.

    An ID may be cut short, as long as only one event begins so; "latest" is the newest.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@events.command("list")
@filter_options
@_json
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, times in UTC.")
@storage_options
def list_events(root: Path, wanted: Query, as_json: bool, as_csv: bool) -> None:
    """List events, the oldest first.

    For example: edgedet events list --on "last night" --zone porch
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv together; give one")
    found = query(root, wanted)
    if as_json:
        click.echo(json.dumps([each.to_dict() for each in found]))
    elif as_csv:
        click.echo(csv_text(found), nl=False)
    elif found:
        click.echo(table(found))
    else:
        click.echo(f"no such events in {root}" if wanted != Query() else f"no events in {root} yet")


@events.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_json
@storage_options
def show(root: Path, ids: tuple[str, ...], as_json: bool) -> None:
    """Show everything about events, with their files."""
    found = chosen(root, ids)
    if as_json:
        click.echo(json.dumps([each.to_dict() for each in found]))
    else:
        click.echo("\n\n".join(map(full_text, found)))


@events.command()
@ids_argument
@filter_options
@click.option(
    "--to", "target", required=True, type=click.Path(path_type=Path), metavar="FOLDER|FILE.zip", help="Where to."
)
@storage_options
def export(root: Path, ids: tuple[str, ...], wanted: Query, target: Path) -> None:
    """Copy clips, pictures and sidecars of events into a folder or a .zip."""
    from edgedet.cli.event_export import export as copy

    found = chosen(root, ids, wanted)
    click.echo(f"{target}: {copy(found, target)} files of {events_text(len(found))}")


@events.command()
@ids_argument
@filter_options
@storage_options
def keep(root: Path, ids: tuple[str, ...], wanted: Query) -> None:
    """Mark events to be kept: they never get too old, and are the last to go when the disk is full."""
    found = chosen(root, ids, wanted)
    marks.keep(root, [each.event.id for each in found])
    click.echo(f"kept until you say otherwise: {events_text(len(found))}")


@events.command()
@ids_argument
@filter_options
@storage_options
def unkeep(root: Path, ids: tuple[str, ...], wanted: Query) -> None:
    """Take that mark away again."""
    found = chosen(root, ids, wanted)
    marks.keep(root, [each.event.id for each in found], kept=False)
    click.echo(f"kept as long as any other: {events_text(len(found))}")


@events.command()
@ids_argument
@filter_options
@click.option("--yes", is_flag=True, help="Don't ask.")
@storage_options
def delete(root: Path, ids: tuple[str, ...], wanted: Query, yes: bool) -> None:
    """Delete events with all their files, also those marked to be kept."""
    found = chosen(root, ids, wanted)
    kept = sum(each.kept for each in found)
    what = f"{events_text(len(found))}, {size_text(sum(each.size for each in found))}"
    if not found:
        click.echo("no such events; nothing is deleted")
        return
    if not yes and not _agreed(f"Delete {what}{f', {kept} of them marked to be kept' if kept else ''}, for good?"):
        click.echo("nothing is deleted")
        return
    marks.delete(root, [each.event.id for each in found])
    click.echo(f"deleted {what}")


@events.command()
@filter_options
@_json
@click.option("--check", is_flag=True, help="Look through the whole database for damage first.")
@settings_options("storage")
def stats(settings: Settings, wanted: Query, as_json: bool, check: bool) -> None:
    """Count events by label, day and hour; show bytes, and how long the card will last."""
    from edgedet.events.places import Places
    from edgedet.events.store.database import check as look_through
    from edgedet.events.store.statistics import statistics

    root = root_of(settings)
    if check:
        look_through(Places(root).database)
    found = statistics(root, wanted, settings.config.retention.card_tbw)
    click.echo(json.dumps(found.to_dict()) if as_json else statistics_text(found))


def _agreed(question: str) -> bool:
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        raise click.UsageError("nothing is deleted; nobody is there to answer: give --yes") from None
