"""Reads and writes annotated pictures in the formats of the table."""

from __future__ import annotations

import importlib
import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edgedet.disk import disk_error
from edgedet.errors import DataError, OutputError
from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.check import check_box_ids, check_numbers
from edgedet.lab.datasets.filenames import split_in, unique_names
from edgedet.lab.datasets.merge import merge
from edgedet.lab.datasets.problems import Problems
from edgedet.lab.datasets.recognise import files_in, recognise

log = logging.getLogger(__name__)

Reader = Callable[[Path, Path | None, Problems], Dataset]
"""Reads a file (or folder); the second path is the pictures' folder, None: where the format has it."""

Writer = Callable[[Dataset, Sequence[str], Path], None]
"""Writes annotations into a new folder; the names are those of the pictures' copies, in the dataset's order."""


@dataclass(frozen=True, slots=True)
class Format:
    """How one format is read and written.

    Attributes:
        title: what people call it.
        reader, writer: ``module:function``, imported when needed.
        pictures: the folder its pictures are in, ``{split}`` filled in; empty: inside the annotations.
        keeps: what it can hold of ``ids``, ``crowd``, ``known``, ``split`` (``no split``: even the lack of one),
            ``empty`` (pictures without boxes) and ``twice`` (a file listed twice).
        keeps_extra: which of the pictures' and boxes' other facts; None: all.
    """

    title: str
    reader: str
    writer: str
    pictures: str
    keeps: frozenset[str]
    keeps_extra: frozenset[str] | None = frozenset()


_ROOM = "edgedet.lab.datasets"
FORMATS = {
    "coco": Format(
        "COCO JSON",
        f"{_ROOM}.coco:read_coco",
        f"{_ROOM}.coco:write_coco",
        "images",
        frozenset({"ids", "crowd", "known", "split", "no split", "empty", "twice"}),
        None,
    ),
    "voc": Format(
        "Pascal VOC XML",
        f"{_ROOM}.voc:read_voc",
        f"{_ROOM}.voc:write_voc",
        "JPEGImages",
        frozenset({"split", "no split", "empty"}),
        frozenset({"segmented", "pose", "truncated", "difficult", "occluded"}),
    ),
    "yolo": Format(
        "YOLO text",
        f"{_ROOM}.yolo:read_yolo",
        f"{_ROOM}.yolo:write_yolo",
        "images/{split}",
        frozenset({"split", "empty"}),
    ),
    "tfrecord": Format(
        "TFRecord",
        f"{_ROOM}.tfrecord:read_tfrecord",
        f"{_ROOM}.tfrecord:write_tfrecord",
        "",
        frozenset({"ids", "crowd", "known", "split", "no split", "empty", "twice"}),
        frozenset({"area", "truncated", "difficult"}),
    ),
    "csv": Format(
        "CSV",
        f"{_ROOM}.table:read_csv",
        f"{_ROOM}.table:write_csv",
        "images",
        frozenset({"split", "no split"}),
    ),
}


def read_dataset(
    path: Path, format: str | None = None, images: Path | None = None, problems: Problems | None = None
) -> Dataset:
    """Read annotated pictures.

    A folder is read whole; pictures that have no split get the one that their file's or folder's name speaks of
    (``valid.json``, ``train/_annotations.csv``).

    Args:
        path: a file or folder.
        format: a key of :data:`FORMATS`; None: recognised, and logged.
        images: the pictures' folder; None: where the format has it.
        problems: takes what is wrong in it; None: an error is raised for the first problem that would spoil work
            with it (an unknown class, NaN, an id given twice).

    Raises:
        DataError: it isn't there, or isn't such annotations.
    """
    if not path.exists():
        raise DataError(f"{path}: not found; check the name")
    chosen = format or recognise(path)
    reader: Reader = _function(_format(chosen).reader)
    refusing = problems or Problems(refuse=str(path))
    parts = [_with_split(reader(file, images, refusing), file, path) for file in files_in(path, chosen)]
    for part in parts:
        check_numbers(part, refusing)
        if problems is not None:
            check_box_ids(part, problems)
    dataset = replace(merge(parts), name=path.stem if path.stem not in ("instances", "data") else path.parent.name)
    log.info("%s: %s, %d pictures", path, FORMATS[chosen].title, len(dataset))
    return dataset


def _with_split(dataset: Dataset, file: Path, root: Path) -> Dataset:
    named = split_in(file.stem) or (split_in(file.parent.name) if file.parent != root.parent and file != root else "")
    if not named:
        return dataset
    return replace(dataset, pictures=tuple(replace(p, split=p.split or named) for p in dataset))


def write_dataset(dataset: Dataset, folder: Path, format: str, copy_images: bool = True) -> None:
    """Write annotations and pictures into a new folder, which appears whole or not at all.

    What the format can't hold is left out: see :func:`edgedet.lab.datasets.losses.losses`.

    Args:
        dataset: the pictures.
        folder: where to; it must not be there, or be empty.
        format: a key of :data:`FORMATS`.
        copy_images: whether to copy the picture files; otherwise symbolic links to them are made.

    Raises:
        DataError: a picture's file is missing.
        OutputError: the folder is in use or can't be written.
    """
    form = _format(format)
    missing = [picture.path for picture in dataset if not picture.path.is_file()]
    if missing:
        raise DataError(f"{missing[0]}: no such file ({len(missing)} pictures missing); give their folder (--images)")
    odd = [p.split for p in dataset if p.split and not p.split.replace("-", "").replace("_", "").isalnum()]
    if odd:
        raise DataError(f"{odd[0][:40]!r}: a split's name must be letters and digits; rename it")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder}: something is there already; choose a new folder")
    names = unique_names([picture.path for picture in dataset])
    half = folder.absolute().with_name(f".{folder.absolute().name}.part")
    try:
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        for picture, name in zip(dataset, names, strict=True) if form.pictures else ():
            place = half / form.pictures.format(split=picture.split or "train")
            place.mkdir(parents=True, exist_ok=True)
            _place(picture.path, place / name, copy_images)
        writer: Writer = _function(form.writer)
        writer(dataset, names, half)
        half.replace(folder)
    except OSError as error:
        raise disk_error(folder, error) from None
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _place(source: Path, place: Path, copy: bool) -> None:
    if place.is_symlink() or place.exists():  # the same file is listed twice
        return
    if copy:
        shutil.copyfile(source, place)
    else:
        place.symlink_to(source.resolve())


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise DataError(f"{name}: no such format; there are {', '.join(FORMATS)}")
    return FORMATS[name]


def _function(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)
