"""``edgedet replay``: recorded film through other settings."""

from __future__ import annotations

import json
from pathlib import Path

import click

from edgedet.cli.options import settings_options
from edgedet.config import CameraConfig, Config
from edgedet.errors import ConfigError
from edgedet.event import Event
from edgedet.settings import Settings, load


@click.command()
@click.argument("path", metavar="FILM", type=click.Path(path_type=Path))
@click.option("--against", type=click.Path(path_type=Path), metavar="FILE", help="The settings file to compare with.")
@click.option("--camera", help="Whose settings are used, if there are several cameras.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@settings_options("model", "detect", "motion", "tracking", "privacy", "monitor")
def replay(settings: Settings, path: Path, against: Path | None, camera: str | None, as_json: bool) -> None:
    """Show which events settings make of FILM, a file or a folder of them, and what others would have made of it.

    \b
    edgedet replay clip.mp4                                     events by the settings in force
    edgedet replay events/ --config new.toml --against edgedet.toml    what the new ones change
    """
    from edgedet.replay import films

    found = films(path)
    after = _events(found, settings.config, camera)
    if against is None:
        _print_events(after, as_json)
        return
    from edgedet.events.compare import compare
    from edgedet.events.compare_table import to_text

    before = _events(found, load({}, file=against).config, camera)
    changes = {str(film): compare(before[film], after[film]) for film in found}
    if as_json:
        click.echo(json.dumps({name: change.to_dict() for name, change in changes.items()}))
        return
    for name, change in changes.items():
        click.echo(f"{name}:" if len(found) > 1 else "", nl=len(found) > 1)
        click.echo(to_text(change) if change else "the same events")


def _events(films: list[Path], config: Config, name: str | None) -> dict[Path, list[Event]]:
    from edgedet.replay import replay as run
    from edgedet.stages import build_detector

    camera, detector = camera_of(config, name), build_detector(config)
    return {film: run(film, camera, detector) for film in films}


def camera_of(config: Config, name: str | None, option: str = "--camera") -> CameraConfig:
    """The settings of the camera of this name, as an option has it, or of the only one. Raises ConfigError."""
    known = {camera.name: camera for camera in config.cameras}
    if name is None:
        if len(known) > 1:
            raise ConfigError(f"several cameras: {', '.join(known)}; say whose settings to use with {option}")
        return next(iter(known.values()))
    if name not in known:
        raise ConfigError(f"{option} {name}: no such camera; there are {', '.join(known)}")
    return known[name]


def _print_events(found: dict[Path, list[Event]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({str(film): [event.to_dict() for event in events] for film, events in found.items()}))
        return
    for film, events in found.items():
        click.echo(f"{film}: {len(events) or 'no'} event{'' if len(events) == 1 else 's'}")
        for event in events:
            zones = f" in {', '.join(event.zones)}" if event.zones else ""
            click.echo(f"  {event.begin:7.1f} to {event.end:7.1f} s  {event.label}{zones}, {event.best_score:.2f}")
