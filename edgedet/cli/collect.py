"""``edgedet collect``: frames to learn from."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgedet.cli.options import settings_options
from edgedet.config import CameraConfig
from edgedet.errors import ConfigError
from edgedet.settings import Settings

if TYPE_CHECKING:
    from edgedet.collect.folder import CollectFolder

_FILMS = "films"


class _FilmsFirst(click.Group):
    """``edgedet collect FILM`` is ``edgedet collect films FILM``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A command by its name; what is no command's is a film."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            args = [_FILMS, *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_FilmsFirst)
def collect() -> None:
    """Keep frames the detector finds hard, and hand them to those who annotate.

    \b
    edgedet collect night.mp4 --to hard/            from a film
    edgedet collect export set/ --format cvat       what cameras kept, with [collect] enabled
    """


@collect.command(_FILMS)
@click.argument("films", metavar="FILM...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--to", type=click.Path(path_type=Path), metavar="FOLDER", required=True, help="Where frames are kept.")
@click.option("--most", type=click.IntRange(1), default=100, show_default=True, help="Frames of each film, at most.")
@click.option("--camera", help="Whose settings are used, if there are several cameras.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draw: the same draws the same frames.")
@settings_options("model", "detect", "tracking", "privacy", "monitor")
def from_films(settings: Settings, films: tuple[Path, ...], to: Path, most: int, camera: str | None, seed: int) -> None:
    """Keep the hard frames of FILMs, files or folders of them, and some at random; masked and blurred.

    Hard are scores near their threshold, objects that flicker or jump, things with two labels, and rare labels.
    """
    from edgedet.collect.films import collect_film
    from edgedet.collect.folder import CollectFolder
    from edgedet.replay import films as films_in
    from edgedet.stages import build_detector

    config, chosen = settings.config, _camera(settings, camera)
    found = [film for path in films for film in films_in(path)]
    detector, folder, total = build_detector(config), CollectFolder(to), Counter[str]()
    settings.check_labels(detector.labels)
    for film in found:
        kept = collect_film(film, chosen, config.collect, detector, folder, most, seed)
        click.echo(f"{film}: {_reasons(kept)}")
        total += kept
    if len(found) > 1:
        click.echo(f"together: {_reasons(total)}")


@collect.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line for each frame.")
@settings_options("storage", "monitor")
def show(settings: Settings, folder: Path | None, as_json: bool) -> None:
    """Count what was collected in FOLDER, by default by the cameras: by camera and reason."""
    items = _folder(settings, folder).some()
    if as_json:
        for item in items:
            values = {"picture": str(item.picture), "camera": item.camera, "time": item.time.isoformat()}
            click.echo(json.dumps(values | {"reasons": list(item.reasons), "objects": list(item.objects)}))
        return
    for camera in sorted({item.camera for item in items}):
        own = [item for item in items if item.camera == camera]
        kept = Counter(reason for item in own for reason in {each["reason"] for each in item.reasons})
        click.echo(f"{camera}: {len(own)} frames: {_reasons(kept)}")


@collect.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--from", "folder", type=click.Path(path_type=Path), metavar="FOLDER", help="What was collected.")
@click.option("--camera", "cameras", multiple=True, metavar="NAME", help="Only of this camera; may be given again.")
@click.option("--reason", "reasons", multiple=True, metavar="REASON", help="Only for this reason; may be given again.")
@click.option(
    "--format",
    "target_format",
    type=click.Choice(["coco", "label-studio", "cvat"]),
    default="coco",
    show_default=True,
    help="For whom.",
)
@click.option(
    "--url",
    default="/data/local-files/?d=images/",
    show_default=True,
    help="What the pictures' addresses begin with in Label Studio.",
)
@settings_options("storage", "monitor")
def export(
    settings: Settings,
    out: Path,
    folder: Path | None,
    cameras: tuple[str, ...],
    reasons: tuple[str, ...],
    target_format: str,
    url: str,
) -> None:
    """Write what was collected into the new folder OUT: pictures, and what was found in them as a start.

    What was annotated comes back as COCO: edgedet dataset check instances.json
    """
    from edgedet.collect import export as exporting

    source = _folder(settings, folder)
    items = [
        item
        for item in source.some()
        if (not cameras or item.camera in cameras)
        and (not reasons or {each["reason"] for each in item.reasons} & set(reasons))
    ]
    if not items:
        raise ConfigError(f"{source.root}: no frames of that camera or reason; see: edgedet collect show")
    exporting.export(items, out, target_format, url)
    click.echo(f"{out}: {len(items)} frames, {sum(len(item.objects) for item in items)} objects")


def _folder(settings: Settings, folder: Path | None) -> CollectFolder:
    from edgedet.collect.folder import CollectFolder
    from edgedet.privacy.switch import state_folder

    return CollectFolder(folder or state_folder(settings.config.storage.path) / "collect")


def _reasons(kept: Counter[str]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in kept.most_common()) or "nothing hard in it"


def _camera(settings: Settings, name: str | None) -> CameraConfig:
    known = {camera.name: camera for camera in settings.config.cameras}
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name is None:
        raise ConfigError(f"several cameras: {', '.join(known)}; say whose settings to use with --camera")
    if name not in known:
        raise ConfigError(f"--camera {name}: no such camera; there are {', '.join(known)}")
    return known[name]
