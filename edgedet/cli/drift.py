"""``edgedet drift``: whether the cameras still see what they saw."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from edgedet.cli.options import settings_options
from edgedet.errors import ConfigError
from edgedet.settings import Settings

if TYPE_CHECKING:
    from edgedet.drift.folder import DriftFolder

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def drift() -> None:
    """Show whether what the cameras see is still what they saw; accept it as it is now.

    The statistics are kept where [drift] enabled is true; days and hours are in UTC.
    """


@drift.command()
@click.argument("camera", required=False)
@_json
@settings_options("storage", "monitor")
def show(settings: Settings, camera: str | None, as_json: bool) -> None:
    """Show the days of CAMERA, or of all, each with how far it is from the days before.

    From 0.5 on something has changed.
    """
    from edgedet.drift.table import rows, to_text

    found = {folder.camera: list(rows(folder, settings.config.drift)) for folder in _folders(settings, camera)}
    if as_json:
        click.echo(json.dumps({name: [row.to_dict() for row in days] for name, days in found.items()}))
        return
    for folder in _folders(settings, camera):
        click.echo(to_text(folder.camera, found[folder.camera]))
        changed = folder.changed()
        if changed.get("since"):
            click.echo(f"  changed since {changed['since']}: {changed.get('what')}")


@drift.command()
@click.argument("camera")
@settings_options("storage", "monitor")
def accept(settings: Settings, camera: str) -> None:
    """Take what CAMERA sees as it should be, from when it changed; without a change, from now on.

    What was before isn't compared with any more: it is learned anew. A running camera knows within a window.
    """
    (folder,) = _folders(settings, camera)
    since = folder.changed().get("since")
    begin = datetime.fromisoformat(since) if since else datetime.now(UTC)
    folder.accept(begin)
    since, learn = begin.isoformat(timespec="seconds"), settings.config.drift.learn
    click.echo(f"{camera}: accepted as it has been since {since}; it is learned anew for {learn} days")


@drift.command()
@click.argument("camera", required=False)
@settings_options("storage", "monitor")
def export(settings: Settings, camera: str | None) -> None:
    """Print the statistics of CAMERA, or of all: a JSON object a line for each day, with all histograms."""
    for folder in _folders(settings, camera):
        for day in folder.days():
            hours = {str(number): hour.to_dict() for number, hour in folder.load(day).items()}
            click.echo(json.dumps({"camera": folder.camera, "day": day.isoformat(), "hours": hours}))


def _folders(settings: Settings, camera: str | None) -> list[DriftFolder]:
    """Those of the cameras asked for. Raises ConfigError where there are no statistics."""
    from edgedet.drift.folder import DriftFolder
    from edgedet.privacy.switch import state_folder

    root, names = state_folder(settings.config.storage.path), [each.name for each in settings.config.cameras]
    if camera is not None and camera not in names:
        raise ConfigError(f"{camera}: no such camera; there are {', '.join(names)}")
    found = [DriftFolder(root, name) for name in names if camera in (None, name)]
    if not any(folder.days() for folder in found):
        hint = "let it run for a while" if settings.config.drift.enabled else "set drift.enabled = true"
        raise ConfigError(f"{camera or 'drift'}: no statistics in {root / 'drift'}; {hint}")
    return found
