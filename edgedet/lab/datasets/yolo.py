"""YOLO's text files, one a picture: a line ``class x y width height`` for each box, centre and size in parts of 1.

Either a ``data.yaml`` names the classes and the folder (or list file) of each split, as Ultralytics and Roboflow have
it (https://docs.ultralytics.com/datasets/detect/), or a list of classes (``classes.txt`` by LabelImg, ``obj.names``
by Darknet) lies in a folder of pictures. Labels are beside the picture, or in ``labels`` where its path has
``images``. A picture without a file of labels has no boxes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgedet.capture.images import list_pictures
from edgedet.errors import DataError
from edgedet.lab import require
from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.building import Draft, build_pictures
from edgedet.lab.datasets.filenames import split_in
from edgedet.lab.datasets.labelfile import read_names
from edgedet.lab.datasets.pixels import upright_size
from edgedet.lab.datasets.problems import Problems

FILE = "data.yaml"
CLASS_FILES = ("classes.txt", "obj.names", "_darknet.labels", "*.names")
_NO_SPLIT = {"path", "names", "nc", "download", "roboflow", "kpt_shape", "flip_idx", "yaml_file", "channels"}


def read_yolo(path: Path, images: Path | None = None, problems: Problems | None = None) -> Dataset:
    """Read a ``data.yaml``, or a folder with one or with a list of classes.

    Args:
        path: the file or folder.
        images: the folder of the pictures; None: those that ``data.yaml`` names, or else the file's own folder.
        problems: takes what is wrong in it; None: that is refused.

    Raises:
        DataError: the classes or pictures aren't found, or a line doesn't fit.
    """
    problems = problems or Problems(refuse=str(path))
    found = next(iter(class_lists(path)), None) if path.is_dir() else path
    if found is None:
        raise DataError(f"{path}: neither data.yaml nor classes.txt in it; give the folder with the list of classes")
    listed: list[tuple[str, Path]] | None = None
    if found.suffix.lower() in (".yaml", ".yml"):
        labels, listed = _from_yaml(found)
    else:
        labels = read_names(found)
    if images or listed is None:  # a data.yaml may hold the classes alone
        root = images or found.parent
        listed = [(split_in(p.relative_to(root).parent.name), p) for p in list_pictures(root)]
    if not listed:
        raise DataError(f"{path}: no pictures found; give their folder (--images)")
    drafts = [
        draft
        for split, picture in listed
        if (draft := _draft(picture, split, found.parent, images, labels, problems)) is not None
    ]
    return Dataset(labels, build_pictures(drafts, labels, problems), found.parent.name)


def class_lists(folder: Path) -> Iterator[Path]:
    """The files of a folder that list YOLO's classes, the likeliest first."""
    for file in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")], key=lambda file: (file.name != FILE, file)):
        content = _yaml(file)
        if isinstance(content, dict) and "names" in content:
            yield file
    for pattern in CLASS_FILES:
        yield from sorted(folder.glob(pattern))


def _yaml(file: Path) -> Any:
    yaml: Any = require("yaml")
    try:
        return yaml.safe_load(file.read_bytes())
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())[:120]
        raise DataError(f"{file}: can't be read as YAML ({why}); mend it") from None


def _from_yaml(file: Path) -> tuple[tuple[str, ...], list[tuple[str, Path]] | None]:
    """The classes, and each picture with its split; None if it names no splits."""
    content = _yaml(file)
    names = content.get("names") if isinstance(content, dict) else None
    if isinstance(names, dict) and sorted(names, key=str) == sorted(range(len(names)), key=str):
        names = [names[i] for i in range(len(names))]
    if not isinstance(names, list) or not names or not all(isinstance(name, str | int) for name in names):
        raise DataError(f"{file}: names must be the list of the classes; write: names: [person, cat]")
    if len(set(map(str, names))) < len(names):
        raise DataError(f"{file}: a name is there twice in names; give each class its own")
    base = Path(file.parent, str(content.get("path") or "."))
    splits = {k: v for k, v in content.items() if k not in _NO_SPLIT and isinstance(v, str | list)}
    listed = [
        ("val" if split == "valid" else str(split), picture)
        for split, places in splits.items()
        for place in ([places] if isinstance(places, str) else places)
        for picture in _pictures(base, str(place), file)
    ]
    return tuple(str(name) for name in names), listed if splits else None


def _pictures(base: Path, place: str, file: Path) -> list[Path]:
    # Roboflow writes ../train/images for what lies beside data.yaml
    tried = [base / place, file.parent / place, base / place.removeprefix("../")]
    found = next((path for path in tried if path.is_file() or path.is_dir()), None) if len(place) < 4096 else None
    if found is None:
        raise DataError(f"{file}: {place[:100]}: no such folder or list of pictures; correct the path")
    if found.is_dir():
        return list_pictures(found)
    try:
        lines = [line.strip() for line in found.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [next((p for p in (found.parent / line, base / line) if p.exists()), base / line) for line in lines]
    except (OSError, UnicodeDecodeError):
        raise DataError(f"{found}: can't be read as a list of pictures; write one path a line") from None


def _draft(
    picture: Path, split: str, root: Path, images: Path | None, labels: Sequence[str], problems: Problems
) -> Draft | None:
    """A picture and its labels; None if its size can't be known."""
    try:
        size = upright_size(picture)
    except DataError:
        problems.add("undecodable-file" if picture.is_file() else "missing-file", str(picture))
        return None
    file = next((path for path in _label_files(picture, root, images) if path.is_file()), None)
    draft = Draft(picture, size, str(file), split)
    if file is not None:
        draft.boxes.extend(_boxes(file, size, labels))
    return draft


def _label_files(picture: Path, root: Path, images: Path | None) -> Iterator[Path]:
    """Where a picture's labels may be; the last ``images`` of its path counts, as in Ultralytics' loader."""
    text = picture.with_suffix(".txt")
    above, found, below = str(text).rpartition(f"{os.sep}images{os.sep}")
    if found:
        yield Path(f"{above}{os.sep}labels{os.sep}{below}")
    yield text
    within = text.relative_to(images) if images else Path(text.name)
    yield from (root / "labels" / within, root / within)


def _boxes(
    file: Path, size: tuple[int, int], labels: Sequence[str]
) -> list[tuple[str, Sequence[float], dict[str, Any]]]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise DataError(f"{file}: can't be read as text; write it anew") from None
    boxes: list[tuple[str, Sequence[float], dict[str, Any]]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            values = [float(text) for text in line.split()]
            corners = _corners(values[1:], size)
            label = int(values[0])
            if label != values[0]:
                raise ValueError
            name = labels[label] if 0 <= label < len(labels) else f"class {label}"
        except (ValueError, OverflowError):
            raise DataError(
                f"{file}: line {number}: {line[:60]!r} isn't: class x y width height; mend it, or leave it out"
            ) from None
        boxes.append((name, corners, {}))
    return boxes


def _corners(values: Sequence[float], size: tuple[int, int]) -> list[float]:
    """The corners in pixels of a centre and a size, or around a polygon of three points or more."""
    width, height = size
    if len(values) == 4:
        x, y, w, h = values
        return [(x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height]
    if len(values) < 6 or len(values) % 2:
        raise ValueError
    xs, ys = values[::2], values[1::2]
    return [min(xs) * width, min(ys) * height, max(xs) * width, max(ys) * height]


def write_yolo(dataset: Dataset, names: Sequence[str], folder: Path) -> None:
    """Write ``data.yaml`` and ``labels/SPLIT/``; ``names`` are the pictures' in ``images/SPLIT``."""
    yaml: Any = require("yaml")
    splits = list(dict.fromkeys(picture.split or "train" for picture in dataset))
    for split in splits:
        (folder / "labels" / split).mkdir(parents=True)
    for picture, name in zip(dataset, names, strict=True):
        corners = picture.boxes.astype(np.float64)
        # nine digits: what is read again differs by less than a float32 can tell
        rows = np.concatenate([corners[:, :2] + corners[:, 2:], 2 * (corners[:, 2:] - corners[:, :2])], axis=1) / 2
        rows /= [picture.width, picture.height] * 2
        lines = [f"{c} " + " ".join(f"{v:.9g}" for v in row) for c, row in zip(picture.labels, rows, strict=True)]
        text = "".join(f"{line}\n" for line in lines)
        (folder / "labels" / (picture.split or "train") / f"{Path(name).stem}.txt").write_text(text, encoding="utf-8")
    content = {split: f"images/{split}" for split in splits} | {"names": dict(enumerate(dataset.labels))}
    (folder / FILE).write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
