"""A collection as those who annotate want it: the pictures in a folder, and beside it what was found as a start.

Annotations come back as COCO, which all of them write: see ``edgedet dataset``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from edgedet.collect.export.coco import coco
from edgedet.collect.export.cvat import cvat
from edgedet.collect.export.labelstudio import label_studio
from edgedet.collect.item import Item
from edgedet.disk import disk_error
from edgedet.errors import OutputError

__all__ = ["FORMATS", "export"]

Files = dict[str, str]
"""What stands beside the pictures: each file's name and text."""

FORMATS: dict[str, Callable[[Sequence[Item], Sequence[str], str], Files]] = {
    "coco": coco,
    "label-studio": label_studio,
    "cvat": cvat,
}
"""Each makes its files from items, the pictures' names and what their addresses begin with."""


def export(items: Sequence[Item], out: Path, target_format: str, url: str = "") -> None:
    """Write a collection into a new folder: ``images`` and, beside it, the format's files.

    Args:
        items: what is written.
        out: the folder; it must not be there yet.
        target_format: one of :data:`FORMATS`.
        url: what the pictures' addresses begin with, for a format that has addresses.

    Raises:
        OutputError: it is there, or can't be written.
    """
    if out.exists():
        raise OutputError(f"{out}: is there already; give a new folder's name")
    half = out.with_name(f".{out.name}.part")
    try:
        shutil.rmtree(half, ignore_errors=True)
        (half / "images").mkdir(parents=True)
        names = _names(items)
        for item, name in zip(items, names, strict=True):
            shutil.copyfile(item.picture, half / "images" / name)
        for name, text in FORMATS[target_format](items, names, url).items():
            (half / name).write_text(text, encoding="utf-8")
        half.rename(out)
    except OSError as error:
        shutil.rmtree(half, ignore_errors=True)
        raise disk_error(out, error) from None


def _names(items: Sequence[Item]) -> list[str]:
    """``yard-20261121-104455.123.jpg``: each its own, as two pictures of a camera never have the same."""
    return [f"{item.camera}-{item.picture.parent.name.replace('-', '')}-{item.picture.name}" for item in items]
