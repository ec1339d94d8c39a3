"""The options that the commands of ``edgedet batch`` share."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import click

from edgedet.cli.several import with_options
from edgedet.errors import ConfigError

PATH = click.Path(path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])


def means_options(command: Any) -> Any:
    """The options that say with what a run is done; the command is called with ``means``."""

    @functools.wraps(command)
    def with_means(
        *args: Any, to: Path, workers: int, cluster: str | None, tries: int, price: float | None, project: int,
        **given: Any,
    ) -> Any:  # fmt: skip
        from edgedet.batch.report import Price
        from edgedet.batch.run import Means

        if project and price is None:
            raise ConfigError("--project: nothing to project with; give --price-per-hour")
        if cluster is not None and cluster not in ("local", "auto") and ":" not in cluster:
            raise ConfigError(f"--cluster {cluster}: no address; give HOST:PORT, ray://HOST:PORT, auto or local")
        means = Means(to, workers, cluster, tries, None if price is None else Price(price, project))
        return command(*args, means=means, **given)

    options = [
        click.option("-o", "--to", type=PATH, required=True, metavar="FOLDER", help="Where the results go."),
        click.option(
            "--workers", type=click.IntRange(0, 10_000), default=0, show_default="the cores", help="How many workers."
        ),
        click.option(
            "--cluster",
            is_flag=False,
            flag_value="local",
            metavar="[ADDRESS]",
            help="On a Ray cluster: HOST:PORT, ray://HOST:PORT, auto; without an address one is started here.",
        ),
        click.option(
            "--tries",
            type=click.IntRange(2, 100),
            default=3,
            show_default=True,
            help="Of a clip whose worker dies, until it counts as failed.",
        ),
        click.option(
            "--price-per-hour",
            "price",
            type=click.FloatRange(0),
            metavar="PRICE",
            help="What the machine, or the whole cluster, costs an hour: the report then has the cost.",
        ),
        click.option(
            "--project", type=click.IntRange(0), default=0, metavar="N", help="And what N clips or pictures would cost."
        ),
    ]
    return with_options(with_means, options)


def inputs_options(command: Any) -> Any:
    """The options that choose of a catalogue; the command is called with ``choice``."""

    @functools.wraps(command)
    def with_choice(*args: Any, camera: tuple[str, ...], since: Any, until: Any, clips: str, **given: Any) -> Any:
        from edgedet.batch.catalogue import Choice

        first, last = (f"{day:%Y-%m-%d}" if day is not None else "" for day in (since, until))
        return command(*args, choice=Choice(camera, first, last, clips), **given)

    options = [
        click.option("--camera", multiple=True, metavar="NAME", help="Of a catalogue: this camera's. Repeatable."),
        click.option("--since", type=_DAY, metavar="DAY", help="Of a catalogue: from this day on (2026-10-01)."),
        click.option("--until", type=_DAY, metavar="DAY", help="Of a catalogue: up to this day."),
        click.option(
            "--clips", default="", metavar="PLACE", help="Folder or s3:// address that a catalogue's keys are in."
        ),
    ]
    return with_options(with_choice, options)


def results_options(command: Any) -> Any:
    """The options that say what is made of the results."""
    options = [
        click.option(
            "--compare",
            type=PATH,
            metavar="FILE",
            help="Show what changed against this results.jsonl of an earlier run.",
        ),
        click.option(
            "--format",
            "form",
            type=click.Choice(("jsonl", "parquet")),
            default="jsonl",
            show_default=True,
            help="parquet: as Parquet too.",
        ),
    ]
    return with_options(command, options)
