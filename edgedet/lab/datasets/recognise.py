"""Tells the format of annotations from the names of files, and finds the files of a folder that hold them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from edgedet.capture.images import natural_sorted
from edgedet.errors import DataError
from edgedet.lab.datasets.filenames import split_in
from edgedet.lab.datasets.records import is_record_file, shards_of
from edgedet.lab.datasets.yolo import class_lists

_SUFFIXES = {".json": "coco", ".xml": "voc", ".yaml": "yolo", ".yml": "yolo", ".names": "yolo", ".csv": "csv"}
_REMEDY = "give a COCO .json, a .csv, a TFRecord, data.yaml, or the folder of XML or YOLO files"
_DEPTH = ("*", "*/*", "*/*/*")
"""How deep folders are searched: ``VOCdevkit/VOC2012/Annotations/1.xml`` is three down."""


def recognise(path: Path) -> str:
    """The format, a key of :data:`edgedet.lab.datasets.formats.FORMATS`, of a file or folder.

    Raises:
        DataError: it is none of them, or a folder has several.
    """
    if path.is_file():
        found = {_of_file(path)} - {""}
    else:
        # labels.txt, data.yaml and the like lie beside annotations of other formats too
        yolo = next(class_lists(path), None)
        found = {"yolo"} if yolo else {_of_file(file) for file in _below(path)} - {"", "yolo"}
    if not found:
        raise DataError(f"{path}: no annotations recognised; {_REMEDY}")
    if len(found) > 1:
        raise DataError(f"{path}: several formats in it ({', '.join(sorted(found))}); choose one with --from")
    return found.pop()


def _of_file(path: Path) -> str:
    if is_record_file(path):
        return "tfrecord"
    if path.name in ("classes.txt", "obj.names", "_darknet.labels"):
        return "yolo"
    return _SUFFIXES.get(path.suffix.lower(), "")


def _below(folder: Path) -> Iterator[Path]:
    return (file for pattern in _DEPTH for file in folder.glob(pattern) if file.is_file())


def files_in(path: Path, format: str) -> list[Path]:
    """What a format's reader is to be called with: the path itself, or each annotation file of a folder.

    Files in one folder must each be of another split (``train.json``, ``valid.json``), or it can't be told which is
    meant.

    Raises:
        DataError: there is none, or it can't be told.
    """
    if path.is_file() or format in ("voc", "yolo"):
        return [path]
    files = natural_sorted([file for file in _below(path) if _of_file(file) == format])
    if format == "tfrecord":
        files = list(dict.fromkeys(shards_of(file)[0] for file in files))
    if not files:
        raise DataError(f"{path}: no {format} file in it; {_REMEDY}")
    if len({(file.parent, split_in(file.stem)) for file in files}) < len(files):
        shown = ", ".join(str(file.relative_to(path)) for file in islice(files, 4))
        raise DataError(f"{path}: several {format} files in it ({shown}); give the one that is meant")
    return files
