"""``edgedet dataset label``: what nobody labelled, by a teacher."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from edgedet.cli.annotated import Sources, link_option, names_in, to_option, with_sources, write_out


@click.command()
@with_sources
@click.argument("out", type=click.Path(path_type=Path))
@to_option
@link_option
@click.option("--labels", required=True, metavar="NAMES", help="All classes there should be: person,cat,dog")
@click.option(
    "--teacher",
    "path",
    type=click.Path(path_type=Path),
    required=True,
    metavar="MODEL",
    help="A TFLite detector, or a segmentation model with Pascal VOC's classes, such as DeepLab.",
)
@click.option(
    "--sure",
    type=click.FloatRange(0),
    default=0.5,
    show_default=True,
    help="Score from which what it finds is an object; over 1: it only says where there are none.",
)
@click.option(
    "--unsure",
    type=click.FloatRange(0, 1),
    default=0.15,
    show_default=True,
    help="Score from which it is in doubt: the class then stays unknown in that picture.",
)
def label(
    sources: Sources, out: Path, target_format: str, link: bool, labels: str, path: Path, sure: float, unsure: float
) -> None:
    """Complete SOURCES by what a teacher model finds of the classes they don't have, into the new folder OUT."""
    from edgedet.lab.training.pseudo import pseudo_label
    from edgedet.lab.training.teachers import open_teacher

    data = sources.read().with_labels(names_in(labels))
    teacher = open_teacher(path, unsure)
    watched = sys.stderr.isatty()
    with click.progressbar(length=len(data), label="labelling", file=sys.stderr, hidden=not watched) as bar:
        found = pseudo_label(data, teacher, sure, unsure, lambda _: bar.update(1))
    for i, name in enumerate(found.labels):
        old, new = (sum(int((p.labels == i).sum()) for p in part) for part in (data, found))
        known = sum(bool(p.known[i]) for p in found)
        click.echo(f"{name}: {new - old} boxes added; known in {known} of {len(found)} pictures")
    write_out(found, out, target_format, link)
