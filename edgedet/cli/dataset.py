"""``edgedet dataset``: annotated pictures, looked at, checked, converted, split and shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from edgedet.cli.annotated import (
    Sources,
    json_option,
    link_option,
    names_in,
    seed_option,
    to_option,
    with_sources,
    write_out,
)
from edgedet.cli.label import label
from edgedet.cli.logs import setup
from edgedet.errors import ConfigError


@click.group()
def dataset() -> None:
    """Look at, check, convert and split annotated pictures.

    SOURCES are COCO JSON files, folders of Pascal VOC XML or YOLO text (or data.yaml), TFRecord files or CSV tables;
    several are taken as one.
    """
    setup("info")


dataset.add_command(label)


@dataset.command()
@with_sources
@json_option
@click.option("--charts", type=click.Path(path_type=Path), metavar="PNG", help="Draw classes and sizes into this file.")
def info(sources: Sources, as_json: bool, charts: Path | None) -> None:
    """Count pictures, boxes, classes, sizes and splits."""
    from edgedet.lab.datasets.summary import summarise, table

    data = sources.read()
    facts = summarise(data)
    if charts is not None:
        from edgedet.lab.datasets.charts import draw_charts

        _write(charts, draw_charts(data))
    click.echo(json.dumps(facts) if as_json else table(facts))


@dataset.command()
@with_sources
@json_option
@click.pass_context
def check(context: click.Context, sources: Sources, as_json: bool) -> None:
    """Find what is wrong with annotations and picture files.

    Ends with exit code 1 if there are errors; warnings alone are no failure. Give the files of all splits together
    to see whether a picture is in two of them.
    """
    from edgedet.lab.datasets.check import check_dataset
    from edgedet.lab.datasets.problems import Problems

    problems = Problems()
    data = sources.read(problems)
    check_dataset(data, problems, _progress)
    found = problems.findings
    if as_json:
        facts = {"pictures": len(data), "boxes": sum(map(len, data)), "passed": not problems.failed}
        click.echo(json.dumps(facts | {"findings": [finding.to_dict() for finding in found]}))
    for finding in () if as_json else found:
        click.echo(f"{finding.severity}: {finding.count} {finding.text}")
        more = ["..."] if finding.count > len(finding.examples) else []
        click.echo("".join(f"  {example}\n" for example in [*finding.examples, *more]), nl=False)
    if not as_json and not found:
        click.echo(f"{len(data)} pictures, {sum(map(len, data))} boxes: nothing wrong found")
    context.exit(1 if problems.failed else 0)


@dataset.command()
@with_sources
@click.argument("out", type=click.Path(path_type=Path))
@to_option
@link_option
@click.option("--labels", metavar="NAMES", help="The classes to keep, in this order: person,cat  [default: all]")
def convert(sources: Sources, out: Path, target_format: str, link: bool, labels: str | None) -> None:
    """Write SOURCES, as one, into the new folder OUT in another format.

    A class that one source doesn't have isn't known in its pictures: they may show it unboxed. COCO and TFRecord hold
    that, as LVIS does.
    """
    write_out(sources.read(labels=labels), out, target_format, link)


@dataset.command()
@with_sources
@click.argument("out", type=click.Path(path_type=Path))
@to_option
@link_option
@seed_option
@click.option(
    "--parts", metavar="NAME=SHARE,...", default="train=0.8,val=0.2", show_default=True, help="What to split into."
)
def split(sources: Sources, out: Path, target_format: str, link: bool, seed: int, parts: str) -> None:
    """Split SOURCES at random into the new folder OUT.

    Every part gets its share of each class as well as it goes; equal files stay together.
    """
    from edgedet.lab.datasets.split import parse_parts, split_dataset

    shares = parse_parts(parts)
    data = split_dataset(sources.read(), shares, seed)
    for name in shares:
        part = data.of_split(name)
        click.echo(f"{name}: {len(part)} pictures, {sum(map(len, part))} boxes")
    write_out(data, out, target_format, link)


@dataset.command()
@with_sources
@click.argument("out", type=click.Path(path_type=Path))
@seed_option
@click.option("--count", type=click.IntRange(1, 400), default=20, show_default=True, help="Pictures, at random.")
@click.option("--ids", metavar="IDS", help="These instead, by id: 12,7  [default: a random sample]")
@click.option("--split", "part", metavar="NAME", help="Only of this split.")
@click.option("--labels", metavar="NAMES", help="Only these classes, and pictures that have one of them.")
@click.option("--columns", type=click.IntRange(1, 40), default=5, show_default=True, help="Pictures side by side.")
@click.option("--cell", type=click.IntRange(32, 2000), default=320, show_default=True, help="Pixels for each.")
def preview(
    sources: Sources, out: Path, ids: str | None, part: str | None, labels: str | None, seed: int, **shape: int
) -> None:
    """Draw pictures of SOURCES with their boxes on one sheet, the PNG file OUT."""
    from edgedet.lab.datasets.sheet import choose, contact_sheet, encode_png

    data = sources.read(labels=labels)
    if part is not None:
        data = data.of_split(part)
    if labels is not None:
        data = data.with_boxes()
    pictures = choose(data, shape["count"], seed, [_number(text) for text in names_in(ids)])
    _write(out, encode_png(contact_sheet(pictures, data.labels, shape["columns"], shape["cell"])))


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ConfigError(f"--ids: {text[:40]!r} is no picture's id; give whole numbers: 12,7")
    return int(text)


def _progress(paths: Sequence[Path]) -> Iterator[Path]:
    """A bar on a terminal."""
    if not sys.stderr.isatty():
        yield from paths
        return
    with click.progressbar(paths, label="checking files", file=sys.stderr) as bar:
        yield from bar


def _write(path: Path, content: bytes) -> None:
    from edgedet.lab.files import write

    write(path, content)
    click.echo(f"{path}: written")
