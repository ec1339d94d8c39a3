"""``edgedet batch``: many clips and pictures at once, on one machine or a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgedet.cli.batch_lab import evaluate, quantize
from edgedet.cli.batch_options import inputs_options, means_options, results_options
from edgedet.cli.batch_results import check_form, check_labels, deliver, end, look_back
from edgedet.cli.options import settings_options
from edgedet.settings import Settings

if TYPE_CHECKING:
    from edgedet.batch.run import Means


@click.group()
def batch() -> None:
    """Run over many clips and pictures at once: on all cores of this machine, or on a Ray cluster.

    The same command goes on after it was stopped or killed. Exit code 1: some of them failed, see failed.jsonl.
    """


@batch.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@means_options
@inputs_options
@results_options
@click.option("--only", multiple=True, metavar="LABEL", help="Keep only these objects, and list when they are seen.")
@click.option(
    "--every",
    type=click.FloatRange(0),
    default=0.0,
    metavar="SECONDS",
    show_default="every frame",
    help="Look at a film's frames so far apart.",
)
@click.option(
    "--chunk", type=click.IntRange(1, 256), default=16, show_default=True, help="Pictures a worker gets at a time."
)
@settings_options("model", "detect")
def detect(
    settings: Settings, paths: tuple[str, ...], means: Means, choice: Any, compare: Path | None, form: str,
    only: tuple[str, ...], every: float, chunk: int,
) -> None:  # fmt: skip
    """Detect in every frame of clips and pictures: files, folders, s3:// addresses, Parquet catalogues.

    \b
    edgedet batch detect clips/ -o found/
    edgedet batch detect s3://archive/catalogue/ --since 2026-10-01 --only dog -o dogs/
    edgedet batch detect clips/ -m new.tflite -o new/ --compare old/results.jsonl
    """
    from edgedet.batch.bundle import pack
    from edgedet.batch.detect import Detect
    from edgedet.batch.inputs import is_picture, items_of
    from edgedet.batch.run import run
    from edgedet.batch.spans import GAP

    check_form(form)
    model = settings.config.model
    job = Detect(settings.config, pack(model.path, model.labels), tuple(sorted(only)), every)
    check_labels(job, only)
    items = items_of(paths, choice)
    output, session = run(job, items, means, chunk, is_picture)
    with output:
        deliver(output, session, means, job.kind, form)
        look_back(output, items, compare, max(GAP, 2 * every), only)
        end(output)


@batch.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILM...")
@means_options
@inputs_options
@results_options
@click.option("--settings-of", metavar="NAME", help="The camera whose settings are used, if there are several.")
@settings_options("model", "detect", "motion", "tracking", "privacy")
def replay(
    settings: Settings, paths: tuple[str, ...], means: Means, choice: Any, compare: Path | None, form: str,
    settings_of: str | None,
) -> None:  # fmt: skip
    """Show which events settings make of films, each by itself, as edgedet replay does.

    \b
    edgedet batch replay clips/ -o before/
    edgedet batch replay clips/ --config new.toml -o after/ --compare before/results.jsonl
    """
    from edgedet.batch.bundle import pack
    from edgedet.batch.inputs import items_of
    from edgedet.batch.replay import Replay
    from edgedet.batch.run import run
    from edgedet.cli.replay import camera_of

    check_form(form)
    model = settings.config.model
    bundle = pack(model.path, model.labels)
    job = Replay(settings.config, camera_of(settings.config, settings_of, "--settings-of"), bundle)
    items = items_of(paths, choice, pictures=False)
    output, session = run(job, items, means, 1, lambda _: False)
    with output:
        deliver(output, session, means, job.kind, form)
        look_back(output, items, compare, 0.0, ())
        end(output)


batch.add_command(evaluate)
batch.add_command(quantize)
