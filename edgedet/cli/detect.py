"""``edgedet detect``: every frame of files, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from edgedet.app import App
from edgedet.camera import Camera
from edgedet.capture.paths import open_paths
from edgedet.cli.options import settings_options
from edgedet.cli.run import check_writable, stop_on_signals, write_report
from edgedet.publish import Publisher
from edgedet.publish.jsonl import JsonlPublisher
from edgedet.settings import Settings
from edgedet.stages import build_detector
from edgedet.types import FrameResult


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line a frame on standard output.")
@click.option("--save", type=click.Path(path_type=Path), help="Folder for annotated copies.")
@settings_options("model", "detect", "monitor")
def detect(settings: Settings, paths: tuple[str, ...], as_json: bool, save: Path | None) -> None:
    """Detect in every frame of PATHS: pictures, videos, folders, globs.

    \b
    edgedet detect photo.jpg --save found/
    edgedet detect clip.mp4 --json > clip.jsonl
    """
    check_writable(settings.config.monitor.report)
    source = open_paths(paths)
    publishers: list[Publisher] = []
    if as_json:
        publishers.append(JsonlPublisher("-"))
    if save is not None:
        from edgedet.publish.images import ImagePublisher

        publishers.append(ImagePublisher(save))
    cameras = [Camera(source)]
    app = App(cameras, build_detector(settings.config), publishers, interval=0, on_result=None if as_json else _print)
    stop_on_signals(app)
    write_report(settings.config, app.run())


def _print(result: FrameResult) -> None:
    objects: list[dict[str, Any]] = result.detections.to_dicts()
    found = ", ".join(f"{o['label']} {o['score']:.2f} at {[round(v) for v in o['box']]}" for o in objects)
    click.echo(f"{result.frame.source} #{result.frame.index}: {found or 'nothing'}")
