"""What the commands on annotated pictures share: their sources, and where the outcome goes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgedet.errors import ConfigError

if TYPE_CHECKING:
    from edgedet.lab.datasets import Dataset
    from edgedet.lab.datasets.problems import Problems

FORMATS = ("coco", "voc", "yolo", "tfrecord", "csv")

_argument = click.argument("paths", nargs=-1, required=True, metavar="SOURCES...", type=click.Path(path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_images = click.option(
    "--images",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="The pictures' folder  [default: where the format has it]",
)
_from = click.option("--from", "source_format", type=click.Choice(FORMATS), help="Their format  [default: recognised]")
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="For another choice."
)
to_option = click.option("--to", "target_format", type=click.Choice(FORMATS), default="coco", show_default=True)
link_option = click.option("--link", is_flag=True, help="Link to the picture files instead of copying them.")


@dataclass(frozen=True, slots=True)
class Sources:
    """What the arguments and flags of every command name; read by :meth:`read`."""

    paths: Sequence[Path]
    format: str | None
    images: Path | None

    def read(self, problems: Problems | None = None, labels: str | None = None) -> Dataset:
        """All of them as one."""
        from edgedet.lab.datasets.formats import read_dataset
        from edgedet.lab.datasets.merge import merge

        if self.images is not None and len(self.paths) > 1:
            raise ConfigError(f"--images {self.images}: of which of {len(self.paths)} sources? Convert each first")
        parts = [read_dataset(path, self.format, self.images, problems) for path in self.paths]
        return merge(parts, names_in(labels) or None)


def with_sources(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the argument SOURCES and its flags; it is called with ``sources``."""

    @functools.wraps(command)
    def read_sources(
        *args: Any, paths: Sequence[Path], source_format: str | None, images: Path | None, **options: Any
    ) -> None:
        command(*args, sources=Sources(paths, source_format, images), **options)

    return _argument(_from(_images(read_sources)))


def write_out(data: Dataset, out: Path, target_format: str, link: bool) -> None:
    """Write a dataset into a new folder, and say what was written and what the format couldn't hold."""
    from edgedet.lab.datasets.formats import write_dataset
    from edgedet.lab.datasets.losses import losses

    write_dataset(data, out, target_format, copy_images=not link)
    lost = losses(data, target_format)
    click.echo(f"{out}: {len(data)} pictures, {sum(map(len, data))} boxes as {target_format}")
    if lost:
        click.echo(f"not kept, {target_format} has no place for it: {', '.join(lost)}")


def names_in(text: str | None) -> list[str]:
    """The names in a list such as ``person,cat``."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]
