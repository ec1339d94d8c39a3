"""CSV with a box a row: the TF Object Detection API's columns, Roboflow's and keras-retinanet's.

A header is understood by its names (``filename``, ``image`` or ``path``; ``class`` or ``label``; ``xmin`` or ``x1``;
...), in any order, with other columns between them. Without a header the columns are keras-retinanet's: path, x1, y1,
x2, y2, class. A row whose box and class are empty is a picture without boxes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from edgedet.errors import DataError
from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.building import Draft, build_pictures
from edgedet.lab.datasets.decimals import shortest
from edgedet.lab.datasets.filenames import inside
from edgedet.lab.datasets.labelfile import names_for, write_names
from edgedet.lab.datasets.pixels import upright_size
from edgedet.lab.datasets.problems import Problems

FILE = "annotations.csv"
COLUMNS = ("filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax")
_SYNONYMS = {
    "filename": ("filename", "file_name", "file", "image", "image_path", "img", "path"),
    "width": ("width", "image_width", "img_width"),
    "height": ("height", "image_height", "img_height"),
    "class": ("class", "label", "class_name", "label_name", "category", "name"),
    "xmin": ("xmin", "x_min", "x1", "left"),
    "ymin": ("ymin", "y_min", "y1", "top"),
    "xmax": ("xmax", "x_max", "x2", "right"),
    "ymax": ("ymax", "y_max", "y2", "bottom"),
    "split": ("split", "set", "subset"),
}
_HEADERLESS = ("filename", "xmin", "ymin", "xmax", "ymax", "class")
_NEEDED = ("filename", "class", "xmin", "ymin", "xmax", "ymax")


def read_csv(path: Path, images: Path | None = None, problems: Problems | None = None) -> Dataset:
    """Read a CSV file; comma, semicolon or tab between the columns.

    Args:
        path: the file; classes are as in ``labels.txt`` beside it, or else in alphabetical order.
        images: the folder the names are in; None: ``images`` beside the file, or the file's own folder.
        problems: takes what is wrong in it; None: that is refused.

    Raises:
        DataError: columns are missing, or a row doesn't fit.
    """
    problems = problems or Problems(refuse=str(path))
    folder = images or (path.parent / "images" if (path.parent / "images").is_dir() else path.parent)
    try:
        text = path.read_text(encoding="utf-8-sig")
        drafts = _drafts(text, path, folder)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or ("not UTF-8 text" if isinstance(error, UnicodeError) else str(error))
        raise DataError(f"{path}: can't be read as CSV ({why}); save it as CSV in UTF-8") from None
    labels = names_for([path.parent], (name for draft in drafts for name, _, _ in draft.boxes))
    return Dataset(labels, build_pictures(drafts, labels, problems), path.stem)


def _drafts(text: str, path: Path, folder: Path) -> list[Draft]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    place = _columns(rows[0] if rows else [], path)
    drafts: dict[str, Draft] = {}
    for number, row in enumerate(rows, 1):
        if not any(row) or (number == 1 and not _is_headerless(row)):
            continue
        where = f"{path}: line {number}"
        if len(row) <= max(place[name] for name in _NEEDED):
            raise DataError(f"{where}: {len(row)} columns, but the first line has {len(rows[0])}; mend it")
        values = {name: row[column].strip() for name, column in place.items() if column < len(row)}
        name = values["filename"]
        if name not in drafts:
            file = inside(folder, name, where)
            drafts[name] = Draft(file, _size(values, file, where), where, values.get("split", ""))
        corners = [values[corner] for corner in COLUMNS[4:]]
        if values["class"] or any(corners):
            drafts[name].boxes.append((_class(values, where), [_number(value, where) for value in corners], {}))
    return [replace(draft, where=str(path)) for draft in drafts.values()]


def _is_headerless(row: Sequence[str]) -> bool:
    cells = [cell.strip().lstrip("-").replace(".", "", 1) for cell in row[1:5]]
    return len(row) == len(_HEADERLESS) and all(not cell or cell.isdecimal() for cell in cells)


def _columns(header: Sequence[str], path: Path) -> dict[str, int]:
    """The place of each column that is there."""
    if _is_headerless(header):
        return {name: i for i, name in enumerate(_HEADERLESS)}
    names = [cell.strip().lower() for cell in header]
    found = {
        column: next(names.index(synonym) for synonym in synonyms if synonym in names)
        for column, synonyms in _SYNONYMS.items()
        if any(synonym in names for synonym in synonyms)
    }
    missing = [column for column in _NEEDED if column not in found]
    if missing:
        seen = ",".join(header)[:80] or "nothing"
        raise DataError(
            f"{path}: no column {', '.join(missing)} (its first line: {seen}); it needs {','.join(COLUMNS)}"
        )
    return found


def _size(values: dict[str, str], file: Path, where: str) -> tuple[int, int]:
    if values.get("width") and values.get("height"):
        return _whole(values["width"], where), _whole(values["height"], where)
    return upright_size(file)


def _class(values: dict[str, str], where: str) -> str:
    if not values["class"]:
        raise DataError(f"{where}: a box without a class; name it, or leave the box out")
    return values["class"]


def _whole(text: str, where: str) -> int:
    try:
        return int(_number(text, where))
    except (ValueError, OverflowError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{where}: {text[:40]!r} is no size; mend it, or leave the line out") from None


def _number(text: str, where: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise DataError(f"{where}: {text[:40]!r} is no number; mend it, or leave the line out") from None


def write_csv(dataset: Dataset, names: Sequence[str], folder: Path) -> None:
    """Write ``annotations.csv`` and ``labels.txt``; a last column ``split`` is there if any picture has one."""
    write_names(dataset.labels, folder)
    with_split = any(picture.split for picture in dataset)
    with (folder / FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*COLUMNS, *(["split"] if with_split else [])])
        for picture, name in zip(dataset, names, strict=True):
            split = [picture.split] if with_split else []
            for box, label in zip(picture.boxes, picture.labels, strict=True):
                corners = [shortest(value) for value in box]
                writer.writerow([name, picture.width, picture.height, dataset.labels[label], *corners, *split])
