"""TFRecord files of Examples with the keys of the TF Object Detection API (``tf_example_decoder.py``).

The pictures are inside; reading unpacks them into files. Label ids are those of a ``.pbtxt`` label map beside the
records, or else ``class/text`` names them.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgedet.errors import DataError
from edgedet.lab.datasets import Dataset, Picture
from edgedet.lab.datasets.examples import Value, make_example, parse_example, read_label_map, write_label_map
from edgedet.lab.datasets.exhaustive import NEGATIVE, NOT_EXHAUSTIVE, class_lists, known_classes
from edgedet.lab.datasets.filenames import inside
from edgedet.lab.datasets.pixels import upright_size
from edgedet.lab.datasets.problems import Problems
from edgedet.lab.datasets.records import read_records, shards_of, write_records

log = logging.getLogger(__name__)

CORNERS = tuple(f"image/object/bbox/{corner}" for corner in ("xmin", "ymin", "xmax", "ymax"))
TEXT, LABEL, CROWD, GROUP = (f"image/object/{k}" for k in ("class/text", "class/label", "is_crowd", "group_of"))
SAID_OF_BOXES = {"area": float, "difficult": int, "truncated": int}
SHARD_BYTES = 200 << 20
"""What TensorFlow's guide to input pipelines suggests for a file at most."""


def read_tfrecord(path: Path, images: Path | None = None, problems: Problems | None = None) -> Dataset:
    """Read a TFRecord file, or the set of files that a shard (``...-00000-of-00010``) belongs to.

    Args:
        path: the file.
        images: the folder to unpack the pictures into; None: one for these records in the user's cache. A picture
            that is there already is left as it is.
        problems: takes what is wrong in it; None: that is refused.

    Raises:
        DataError: a checksum doesn't fit, or a record is no annotated picture.
    """
    problems = problems or Problems(refuse=str(path))
    shards = shards_of(path)
    folder = images or _cache(shards)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        rows = [
            _row(f"{shard}: record {number}", data, folder, number)
            for shard in shards
            for number, data in enumerate(read_records(shard), 1)
        ]
    except OSError as error:
        raise DataError(f"{folder}: the pictures can't be unpacked here ({error.strerror}); give --images") from None
    log.info("%s: its pictures are in %s", path, folder)
    names = _names(path, rows)
    sources = [b"".join(features.get("image/source_id", [])) for _, _, features in rows]
    ids = map(int, sources) if all(source.isdigit() for source in sources) else range(1, len(rows) + 1)
    pictures = tuple(_picture(row, number, names, problems) for row, number in zip(rows, ids, strict=True))
    return Dataset(tuple(names.values()), pictures, path.stem)


Row = tuple[str, Path, dict[str, list[Any]]]
"""Where it is, its picture's file, its features."""


def _cache(shards: Sequence[Path]) -> Path:
    facts = [(str(shard.resolve()), shard.stat().st_size, shard.stat().st_mtime_ns) for shard in shards]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "edgedet" / "tfrecord" / hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _row(where: str, data: bytes, folder: Path, number: int) -> Row:
    """Parse a record, and unpack its picture."""
    try:
        features = parse_example(data)
        name = b"".join(features.get("image/filename", [])).decode() or f"{number:06}.jpg"
        encoded = b"".join(features.pop("image/encoded", []))
    except (ValueError, TypeError) as error:
        raise DataError(f"{where}: not an annotated picture ({error}); give records with image/... keys") from None
    path = inside(folder, name, where)
    if encoded and not (path.is_file() and path.read_bytes() == encoded):
        if path.exists():
            raise DataError(f"{path}: another picture of this name is there; give an empty folder (--images)")
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{path.name}.part")
        half.write_bytes(encoded)
        half.replace(path)
    return where, path, features


def _names(path: Path, rows: Sequence[Row]) -> dict[int, str]:
    """The name of each label id, by id."""
    maps = sorted(path.parent.glob("*.pbtxt"), key=lambda file: ("label" not in file.name, file.name))
    if maps:
        return dict(sorted(read_label_map(maps[0]).items()))
    names: dict[int, str] = {}
    for where, _, features in rows:
        labels, texts = features.get(LABEL, []), features.get(TEXT, [])
        if len(texts) < len(labels):
            raise DataError(f"{where}: class ids without names; put the label map (.pbtxt) beside the records")
        names |= {int(i): text.decode("utf-8", "replace") for i, text in zip(labels, texts, strict=False)}
    if not names:
        texts = sorted({text for _, _, features in rows for text in features.get(TEXT, [])})
        return {i: text.decode("utf-8", "replace") for i, text in enumerate(texts, 1)}
    return dict(sorted(names.items()))


def _picture(row: Row, number: int, names: dict[int, str], problems: Problems) -> Picture:
    where, path, features = row
    try:
        place = {label: i for i, label in enumerate(names)}
        by_name = {name.encode(): label for label, name in names.items()}
        labels = features.get(LABEL) or [by_name.get(text, -1) for text in features.get(TEXT, [])]
        sides = [features.get("image/width"), features.get("image/height")]
        width, height = (int(side[0]) for side in sides if side) if all(sides) else upright_size(path)
        corners = np.array([features.get(key, []) for key in CORNERS], np.float64).T.reshape(-1, 4)
        if len(corners) != len(labels):
            raise ValueError(f"{len(corners)} boxes, but {len(labels)} classes")
        fit = np.array([label in place for label in labels], np.bool_)
        for label in (label for label in labels if label not in place):
            problems.add("unknown-class", f"{where}: class {label}")
        indices = [place[label] for label in labels if label in place]
        crowd = np.array(features.get(CROWD) or features.get(GROUP) or [0] * len(labels), np.bool_)[fit]
        keys = [features.get(f"image/{key}") for key in (NEGATIVE, NOT_EXHAUSTIVE)]
        negative, partial = ([place[c] for c in ids] if ids is not None else None for ids in keys)
        said = {k: features[f"image/object/{k}"] for k in SAID_OF_BOXES if f"image/object/{k}" in features}
        return Picture(
            path=path,
            width=width,
            height=height,
            boxes=(corners * [width, height, width, height]).astype(np.float32)[fit],
            labels=np.array(indices, np.int64),
            known=known_classes(len(names), indices, [] if partial and negative is None else negative, partial),
            crowd=crowd,
            id=number,
            box_extra=tuple({k: v[i] for k, v in said.items()} for i in np.flatnonzero(fit)) if said else (),
        )
    except (ValueError, TypeError, IndexError, KeyError, OverflowError) as error:
        raise DataError(f"{where}: its features don't fit together ({error}); write the records anew") from None


def write_tfrecord(dataset: Dataset, names: Sequence[str], folder: Path) -> None:
    """Write ``SPLIT.tfrecord`` (in shards where it is large) and ``label_map.pbtxt``; ``names`` go into the records."""
    write_label_map(dataset.labels, folder / "label_map.pbtxt")
    for split in dict.fromkeys(picture.split for picture in dataset):
        pairs = [pair for pair in zip(dataset, names, strict=True) if pair[0].split == split]
        count = -(-sum(picture.path.stat().st_size for picture, _ in pairs) // SHARD_BYTES) or 1
        for i in range(count):
            name = f"{split or 'pictures'}.tfrecord" + (f"-{i:05}-of-{count:05}" if count > 1 else "")
            write_records(folder / name, _examples(pairs[i::count], dataset.labels))


def _examples(pairs: Sequence[tuple[Picture, str]], labels: Sequence[str]) -> Iterator[bytes]:
    for picture, name in pairs:
        data = picture.path.read_bytes()
        ending = picture.path.suffix[1:].lower()
        features: dict[str, Value] = {
            "image/width": [picture.width],
            "image/height": [picture.height],
            "image/filename": [name.encode()],
            "image/source_id": [str(picture.id).encode()],
            "image/key/sha256": [hashlib.sha256(data).hexdigest().encode()],
            "image/format": [b"jpeg" if ending in ("jpg", "jpeg") else ending.encode()],
            "image/encoded": [data],
            TEXT: [labels[i].encode() for i in picture.labels],
            LABEL: [int(i) + 1 for i in picture.labels],
            CROWD: [int(crowd) for crowd in picture.crowd],
        }
        yield make_example(features | _box_features(picture) | _class_features(picture))


def _box_features(picture: Picture) -> dict[str, Value]:
    sides = np.array([picture.width, picture.height] * 2, np.float64)
    features: dict[str, Value] = dict(zip(CORNERS, (picture.boxes / sides).T.tolist(), strict=True))
    for key, kind in SAID_OF_BOXES.items():
        values = [extra[key] for extra in picture.box_extra if isinstance(extra.get(key), int | float)]
        if len(values) == len(picture):
            features[f"image/object/{key}"] = [kind(value) for value in values]
    return features


def _class_features(picture: Picture) -> dict[str, Value]:
    lists = class_lists(picture) or ([], [])
    return {f"image/{key}": [c + 1 for c in ids] for key, ids in zip((NEGATIVE, NOT_EXHAUSTIVE), lists, strict=True)}
