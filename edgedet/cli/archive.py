"""``edgedet archive``: events in a bucket."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgedet.cli.event_options import root_of
from edgedet.cli.options import settings_options
from edgedet.settings import Settings

if TYPE_CHECKING:
    from edgedet.archive.status import Status

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_identity = click.option(
    "--identity",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Private keys of age, as age-keygen writes them.",
)


@click.group(invoke_without_command=True)
@click.pass_context
def archive(context: click.Context) -> None:
    """Ended events, uploaded to a bucket of any S3-compatible storage."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@archive.command()
@_json
@settings_options("storage")
def status(settings: Settings, as_json: bool) -> None:
    """Tell how far the archive is, while the camera runs or not; nothing is sent."""
    from edgedet.archive.status import status as look

    said = look(root_of(settings), datetime.now(UTC))
    click.echo(json.dumps(said.to_dict()) if as_json else _status_text(said, settings.config.archive.bucket or "none"))


@archive.command()
@click.option("--no-retry", is_flag=True, help="End at the first failure, instead of trying again.")
@_json
@settings_options("storage")
def push(settings: Settings, as_json: bool, no_retry: bool) -> None:
    """Upload everything that waits now, where no camera runs that does it."""
    from edgedet.archive import check_installed

    check_installed()
    from edgedet.archive.pushing import push as run

    def tell(text: str) -> None:
        click.echo(text, err=True)

    done = run(settings.config, root_of(settings), tell, patient=not no_retry)
    click.echo(json.dumps(done) if as_json else ", ".join(f"{count} {name}" for name, count in done.items()))


@archive.command()
@click.option("--download", is_flag=True, help="Fetch everything, and compute the checksums here.")
@click.option("--again", is_flag=True, help="Have uploaded again what is wrong and still here.")
@_json
@settings_options("storage")
def verify(settings: Settings, as_json: bool, download: bool, again: bool) -> None:
    """Check that what was archived from here is there, and is what was sent."""
    from edgedet.archive import check_installed

    check_installed()
    from edgedet.archive.access import bucket_of
    from edgedet.archive.faults import Damaged
    from edgedet.archive.fetch import verify as check
    from edgedet.archive.ledger import open_ledger

    with closing(open_ledger(root_of(settings))) as ledger:
        checked = list(check(bucket_of(settings.config.archive), ledger, download))
        faults = [each for each in checked if each.fault]
        if again:
            for event_id in {each.event_id for each in faults}:
                ledger.again(event_id)
    if as_json:
        click.echo(json.dumps({"files": len(checked), "faults": [each.fault for each in faults]}))
    for each in faults:
        click.echo(each.fault, err=True)
    if faults:
        remedy = "uploaded again as far as they are here" if again else "give --again to have them uploaded again"
        raise Damaged(f"{len(faults)} of {len(checked)} files are missing or damaged; {remedy}")
    if not as_json:
        click.echo(f"{len(checked)} files, all there and as they were sent")


@archive.command()
@click.argument("event")
@_identity
@click.option("--to", "target", type=click.Path(path_type=Path), default=".", metavar="FOLDER", help="Where to.")
@_json
@settings_options()
def get(settings: Settings, event: str, identity: Path | None, target: Path, as_json: bool) -> None:
    """Fetch the files of EVENT, by its whole id, and decrypt them where they are encrypted."""
    from edgedet.archive import check_installed

    check_installed()
    from edgedet.archive.access import bucket_of
    from edgedet.archive.fetch import get as fetch
    from edgedet.archive.seal import read_identities

    identities = read_identities(identity) if identity is not None else []
    written = fetch(bucket_of(settings.config.archive), event, target, identities)
    click.echo(json.dumps([str(path) for path in written]) if as_json else "\n".join(map(str, written)))


@archive.command()
@_identity
@click.option(
    "--to", "target", type=click.Path(path_type=Path), default="catalogue", metavar="FOLDER", help="Where to."
)
@click.option("--since", metavar="DAY", default="", help="Only this day and later: 2026-11-21.")
@click.option("--upload", is_flag=True, help="Put it into the bucket too, under catalogue/.")
@_json
@settings_options()
def catalogue(settings: Settings, identity: Path | None, target: Path, since: str, upload: bool, as_json: bool) -> None:
    """Make a catalogue in Parquet, by day and camera, of what all cameras have archived in the bucket."""
    from edgedet.archive import check_catalogue_installed, check_installed

    check_installed()
    check_catalogue_installed()
    from edgedet.archive.compacting import make_catalogue

    done = make_catalogue(settings.config.archive, target, identity, since, upload)
    click.echo(
        json.dumps(done)
        if as_json
        else f"{target}: {done['events']} events in {done['files']} files, {done['written']} of them written now"
    )


def _status_text(said: Status, bucket: str) -> str:
    """How far it is, for people."""
    from edgedet.cli.event_table import events_text, size_text

    behind = f", behind by {_span(said.behind_s)}" if said.waiting else ""
    lines = [
        f"bucket    {bucket}",
        f"archived  {events_text(said.archived)}, {size_text(said.archived_bytes)}"
        + (f", the last at {said.last}" if said.last else ""),
        f"waiting   {events_text(said.waiting)}, {size_text(said.waiting_bytes)}{behind}",
        f"lost      {events_text(said.lost)}" + (", deleted before they were uploaded" if said.lost else ""),
    ]
    return "\n".join([*lines, *([f"trouble   {said.trouble}"] if said.trouble else [])])


def _span(seconds: float) -> str:
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
