"""What the commands that quantize share: pictures to calibrate with, and pictures to judge by."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from edgedet.cli.several import with_options

_PATH = click.Path(path_type=Path)


def pictures_options(judged: str, required: bool = False) -> Callable[[Any], Any]:
    """The options ``--data`` to ``--eval-pictures``.

    Args:
        judged: what is judged by the annotated pictures, for the help.
        required: whether there have to be annotated pictures.
    """
    options = [
        click.option(
            "--data",
            multiple=True,
            metavar="PATH",
            help="Calibration pictures: folder, glob, video, COCO JSON or .npy inputs. Repeatable.",
        ),
        click.option(
            "--split", default="", show_default="all", metavar="NAME", help="The split of the calibration JSON."
        ),
        click.option(
            "--pictures",
            type=click.IntRange(1, 10_000),
            default=128,
            show_default=True,
            help="Calibration pictures taken at most.",
        ),
        click.option(
            "--eval",
            "evaluation",
            type=_PATH,
            required=required,
            metavar="JSON",
            help=f"Annotated pictures that {judged} judged by.",
        ),
        click.option("--eval-split", default="", show_default="all", metavar="NAME", help="Their split."),
        click.option("--eval-pictures", type=click.IntRange(0, 1_000_000), default=0, help="At most so many; 0: all."),
    ]

    return partial(with_options, options=options)
