"""``edgedet privacy``: the switch, and the proof that nothing shows."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgedet.cli.options import settings_options
from edgedet.cli.picture import check_name, write_picture
from edgedet.config.camera import CameraConfig
from edgedet.config.source import SourceConfig
from edgedet.errors import ConfigError, SourceError
from edgedet.privacy.switch import PrivacySwitch, state_folder
from edgedet.settings import Settings

if TYPE_CHECKING:
    from edgedet.types import Frame

_camera = click.argument("camera", required=False)


@click.group(invoke_without_command=True)
@click.pass_context
def privacy(context: click.Context) -> None:
    """Stop cameras from seeing, and prove that what is hidden stays hidden."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@privacy.command()
@_camera
@settings_options()
def on(settings: Settings, camera: str | None) -> None:
    """Stop CAMERA, or all of them, from seeing anything.

    Nothing is captured until it is turned off again, whatever is restarted in between."""
    _turn(settings, True, camera)


@privacy.command()
@_camera
@settings_options()
def off(settings: Settings, camera: str | None) -> None:
    """Let CAMERA, or all of them, see again."""
    _turn(settings, False, camera)


@privacy.command()
@_camera
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@settings_options()
def status(settings: Settings, camera: str | None, as_json: bool) -> None:
    """Tell whether CAMERA, or each of them, may see."""
    _print_status(settings, camera, as_json)


@privacy.command()
@click.argument("picture", type=click.Path(path_type=Path), required=False)
@click.option("--camera", metavar="NAME", help="Whose settings; needed where there are several cameras.")
@click.option(
    "--to", type=click.Path(path_type=Path), metavar="FILE", help="Write a picture to compare with your eyes."
)
@settings_options("source", "model", "detect")
def test(settings: Settings, picture: Path | None, camera: str | None, to: Path | None) -> None:
    """Prove that masks and blur let nothing through.

    A PICTURE, else one frame of the camera, is covered as the pipeline does it, encoded as JPEG and H.264 and decoded
    again; then what is left of the masked and blurred parts is measured. The exit code is 1 if it is too much.
    """
    from edgedet.privacy.comparison import side_by_side
    from edgedet.privacy.proof import prove
    from edgedet.stages import build_detector
    from edgedet.watcher import limits_of

    if to is not None:
        check_name(to)
    chosen = _one_camera(settings, camera)
    if not chosen.privacy.hides:
        raise ConfigError(f"{chosen.name}: hides nothing; set masks or blur in [privacy]")
    source = chosen.source if picture is None else chosen.source.model_copy(update={"uri": str(picture)})
    frame = _capture(source)
    detector = build_detector(settings.config)
    detector.limits = limits_of(chosen, detector.labels)
    proof = prove(frame, detector.detect, detector.labels, chosen.privacy, settings.config.mjpeg.quality)
    for check in proof.checks:
        click.echo(f"{'ok  ' if check.passed else 'BAD '} {check.text}")
    if to is not None:
        write_picture(to, side_by_side(proof))
        click.echo(f"{to}: written; it shows the uncovered picture too, so delete it when you have looked")
    if not proof.passed:
        sys.exit(1)


def _turn(settings: Settings, on: bool, camera: str | None) -> None:
    if camera is not None:
        _one_camera(settings, camera)
    _switch(settings).turn(on, camera)
    _print_status(settings, camera, as_json=False)


def _print_status(settings: Settings, camera: str | None, as_json: bool) -> None:
    names = [_one_camera(settings, camera).name] if camera else [each.name for each in settings.config.cameras]
    since = _switch(settings).status(names)
    if as_json:
        click.echo(json.dumps({name: time and time.isoformat(timespec="seconds") for name, time in since.items()}))
        return
    for name, start in since.items():
        told = (
            f"privacy on since {start.astimezone():%Y-%m-%d %H:%M:%S}: sees nothing" if start else "privacy off: sees"
        )
        click.echo(f"{name}: {told}")


def _switch(settings: Settings) -> PrivacySwitch:
    return PrivacySwitch(state_folder(settings.config.storage.path))


def _one_camera(settings: Settings, name: str | None) -> CameraConfig:
    cameras = {camera.name: camera for camera in settings.config.cameras}
    if name is None and len(cameras) == 1:
        return next(iter(cameras.values()))
    there = f"there are {', '.join(cameras)}" if len(cameras) > 1 else f"there is {next(iter(cameras))}"
    if name is None:
        raise ConfigError(f"--camera: missing; {there}")
    if name not in cameras:
        raise ConfigError(f"{name}: no such camera; {there}")
    return cameras[name]


def _capture(config: SourceConfig) -> Frame:
    """One frame of a camera, or the picture."""
    from edgedet.capture import open_source

    source = open_source(config)
    try:
        source.open()
        frame = source.read()
    finally:
        source.close()
    if frame is None:
        raise SourceError(f"{source.uri}: gave no frame; try again, or name a picture")
    return frame
