"""``edgedet bench``: what the pipeline costs on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from edgedet.app import App
from edgedet.bench import bench as measure
from edgedet.bench import budget as measure_budget
from edgedet.bench import seconds_since_start
from edgedet.bench.picture import check_kind, write_budget
from edgedet.bench.table import table
from edgedet.camera import Camera
from edgedet.capture import Source, open_source
from edgedet.cli.options import settings_options
from edgedet.config import Config
from edgedet.inference.detector import Detector
from edgedet.settings import Settings
from edgedet.stages import build_cameras, build_detector


@click.command()
@click.option("--rounds", type=click.IntRange(1, 1000), default=5, show_default=True, help="Turns each takes.")
@click.option("--frames", type=click.IntRange(2, 100_000), default=120, show_default=True, help="Frames in a turn.")
@click.option("--budget", is_flag=True, help="Show what one frame costs step by step, instead.")
@click.option("--picture", type=click.Path(path_type=Path), metavar="FILE", help="Draw that too: .svg or .png.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@settings_options("source", "model", "detect")
def bench(settings: Settings, rounds: int, frames: int, budget: bool, picture: Path | None, as_json: bool) -> None:
    """Measure bare invokes and the whole pipeline in turns, in one run.

    The pipeline decodes, resizes, invokes, suppresses, draws the overlay and writes JSON lines for every frame.

    With --budget its parts are timed instead, in their own threads: on the clock, and on the processor. There it also
    tracks, judges and encodes the live picture, as it does while somebody watches; --frames are measured in one turn.
    """
    if picture is not None:
        if not budget:
            raise click.UsageError("--picture: it shows what one frame costs; give --budget too")
        check_kind(picture)
    config = settings.config
    endless = config.source.model_copy(update={"as_fast": True, "loop": True})
    detector = build_detector(config)
    if budget:
        _show_budget(config.model_copy(update={"source": endless}), detector, frames, picture, as_json)
        return

    def new_source() -> Source:
        return open_source(endless)

    App([Camera(new_source())], detector, [], interval=0).run(frames=1)
    startup = seconds_since_start()
    result = measure(detector, new_source, rounds, frames, startup)
    if as_json:
        click.echo(json.dumps(result))
        return
    click.echo(
        f"{result['model']} on {result['runtime']}, {result['threads']} threads\n"
        f"invoke alone   {result['invoke_fps']:.1f} a second, p50 {result['invoke_ms']['p50']:.2f} ms, "
        f"p95 {result['invoke_ms']['p95']:.2f} ms\n"
        f"whole pipeline {result['pipeline_fps']:.1f} a second: {result['pipeline_ratio']:.2f} of invoke alone\n"
        f"CPU            {result['cpu_ms_per_frame']:.1f} ms a frame, of which invoke and reading "
        f"{result['cpu_ms_floor']:.1f} ms\n"
        f"steps          {', '.join(f'{name} {ms:.2f} ms' for name, ms in result['stages_ms'].items())}\n"
        f"processor      {_counted(result)}\n"
        f"memory         {result['rss_mb']:.0f} MB; first detection {result['startup_s']:.2f} s after the start"
    )


def _counted(result: Mapping[str, Any]) -> str:
    """What the processor counted, for people."""
    if result["not_counted"] is not None:
        return f"cycles and instructions aren't counted: {result['not_counted']}"
    frame, invoke = result["frame_counted"], result["invoke_counted"]
    return (
        f"{frame['cycles'] / 1e6:.1f} million cycles a frame, of which invoke {invoke['cycles'] / 1e6:.1f}; "
        f"{frame['instructions'] / 1e6:.1f} million instructions, of which invoke {invoke['instructions'] / 1e6:.1f}"
    )


def _show_budget(config: Config, detector: Detector, frames: int, picture: Path | None, as_json: bool) -> None:
    result = measure_budget(detector, build_cameras(config, detector, {})[0], frames)
    if picture is not None:
        write_budget(picture, result)
    about = {"model": str(detector.model.path), "runtime": detector.runtime.name, "threads": detector.runtime.threads}
    if as_json:
        click.echo(json.dumps(about | result.to_dict()))
        return
    click.echo(f"{about['model']} on {about['runtime']}, {about['threads']} threads, {frames} frames")
    for line in table(result):
        click.echo(line)
