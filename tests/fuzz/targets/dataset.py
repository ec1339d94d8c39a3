"""Annotations from anybody: COCO, Pascal VOC, YOLO, CSV and TFRecord files, as ``edgedet dataset`` reads them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.examples import make_example
from edgedet.lab.datasets.formats import read_dataset
from edgedet.lab.datasets.problems import Problems
from edgedet.lab.datasets.records import write_records
from tests.fuzz.judge import Wrong
from tests.fuzz.scratch import folder

LONGEST = 4096
WORDS = (
    b'"images"', b'"annotations"', b'"categories"', b'"bbox"', b'"file_name"', b'"image_id"', b"1e999", b"NaN", b"null",
    b"<annotation>", b"<object>", b"<bndbox>", b"<xmin>", b"<filename>", b"../x", b"<!ENTITY a 'b'>", b"\\ud800",
    b"names:", b"nc: 1", b"train: images", b"!!python/object", b"&a [*a]", b"filename,width,height,class,xmin,ymin",
    b"0 0.5 0.5 1 1\n", b"image/filename", b"image/object/bbox/xmin", b"image/width", b"\0", b"item { id: 1 }",
)  # fmt: skip


def case(data: bytes) -> None:
    """The first byte chooses the format and whether problems are collected; the rest are its files, by zero bytes."""
    kind, parts = data[0] if data else 0, data[1:].split(b"\0")
    root = folder() / "annotated"
    shutil.rmtree(root, ignore_errors=True)
    (root / "images").mkdir(parents=True)
    (root / "images" / "a.png").write_bytes(_PICTURE)
    names = tuple(_FILES)
    format = names[(kind & 127) % len(names)]
    path = _FILES[format](root, parts)
    _look(read_dataset(path, format, root / "images", Problems() if kind & 128 else None), root)


def _look(dataset: Dataset, root: Path) -> None:
    for picture in dataset:
        count = len(picture.labels)
        if picture.boxes.shape != (count, 4) or len(picture.crowd) != count:
            raise Wrong(f"{count} labels, boxes {picture.boxes.shape}, {len(picture.crowd)} crowds")
        if count and not 0 <= picture.labels.min() <= picture.labels.max() < len(dataset.labels):
            raise Wrong(f"a class that isn't one of {len(dataset.labels)}: {picture.labels}")
        if not picture.path.is_relative_to(root / "images"):
            raise Wrong(f"{picture.path} is elsewhere")


def _coco(root: Path, parts: list[bytes]) -> Path:
    return _put(root / "instances.json", parts[0])


def _voc(root: Path, parts: list[bytes]) -> Path:
    _put(root / "Annotations" / "a.xml", parts[0])
    if len(parts) > 1:
        _put(root / "labels.txt", parts[1])
    if len(parts) > 2:
        _put(root / "ImageSets" / "Main" / "train.txt", parts[2])
    return root


def _yolo(root: Path, parts: list[bytes]) -> Path:
    """Without slashes, so that no ``train: /`` makes it list the machine's pictures."""
    _put(root / "labels" / "a.txt", b"\0".join(parts[1:]))
    return _put(root / "data.yaml", parts[0].replace(b"/", b"_"))


def _csv(root: Path, parts: list[bytes]) -> Path:
    if len(parts) > 1:
        _put(root / "labels.txt", parts[1])
    return _put(root / "annotations.csv", parts[0])


def _tfrecord(root: Path, parts: list[bytes]) -> Path:
    """A record whose checksums are right, and perhaps a label map."""
    names, _, example = b"\0".join(parts).partition(b"\0")
    if names:
        _put(root / "label_map.pbtxt", names)
    write_records(root / "a.tfrecord", [example])
    return root / "a.tfrecord"


def _put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


_PICTURE = cv2.imencode(".png", np.zeros((4, 4, 3), np.uint8))[1].tobytes()
_FILES: dict[str, Callable[[Path, list[bytes]], Path]] = {
    "coco": _coco, "voc": _voc, "yolo": _yolo, "csv": _csv, "tfrecord": _tfrecord,
}  # fmt: skip


def seeds() -> list[bytes]:
    coco = {
        "images": [{"id": 1, "file_name": "a.png", "width": 4, "height": 4}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 3, "bbox": [0, 0, 2, 2], "iscrowd": 0}],
        "categories": [{"id": 3, "name": "cat"}],
    }
    voc = (
        b"<annotation><folder>x</folder><filename>a.png</filename><size><width>4</width><height>4</height></size>"
        b"<object><name>cat</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object>"
        b"</annotation>"
    )
    example = make_example(
        {
            "image/width": [4], "image/height": [4], "image/filename": [b"b.png"], "image/encoded": [_PICTURE],
            **{f"image/object/bbox/{side}": [0.5] for side in ("xmin", "ymin", "xmax", "ymax")},
            "image/object/class/text": [b"cat"], "image/object/class/label": [1],
        }
    )  # fmt: skip
    whole = (
        json.dumps(coco).encode(),
        voc + b"\0cat\n\0a\n",
        b"names: [cat]\ntrain: images\n\x000 0.5 0.5 1 1\n0 0 0 1 0 1 1\n",
        b"filename,width,height,class,xmin,ymin,xmax,ymax\na.png,4,4,cat,0,0,2,2\n\0cat\n",
        b"item { id: 1 name: 'cat' }\0" + example,
        b"\0" + example,
    )
    kinds = (0, 1, 2, 3, 4, 4)
    return [bytes([kind | strict]) + each for kind, each in zip(kinds, whole, strict=True) for strict in (0, 128)]
