"""What is wrong with a dataset's annotations and its picture files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgedet.lab.datasets import Dataset, Picture
from edgedet.lab.datasets.pixels import PictureFile, examine
from edgedet.lab.datasets.problems import Problems

OUTSIDE = 1.0
"""How many pixels a box may reach out of its picture: tools round, and count from 0 or 1."""


def check_dataset(
    dataset: Dataset,
    problems: Problems,
    progress: Callable[[Sequence[Path]], Iterable[Path]] = iter,
) -> None:
    """Boxes, classes and, which takes longest, every picture file; numbers and ids are checked as they are read.

    Args:
        dataset: the pictures; several sources that belong together, as one, show what is in two splits.
        problems: takes what is found.
        progress: wraps the picture files, to show how far it is.
    """
    for picture in dataset:
        _check_boxes(picture, dataset.labels, problems)
        if not len(picture):
            problems.add("picture-without-box", str(picture.path))
    boxed = {int(label) for picture in dataset for label in picture.labels}
    for i, name in enumerate(dataset.labels):
        if i not in boxed:
            problems.add("class-without-box", name)
    paths = list(dict.fromkeys(picture.path for picture in dataset))
    files = {path: examine(path) for path in progress(paths)}
    for picture in dataset:
        _check_file(picture, files[picture.path], problems)
    _check_copies(dataset, files, problems)


def check_numbers(dataset: Dataset, problems: Problems) -> None:
    """What no work with the data would survive: ids given twice, boxes of NaN, no size."""
    seen: set[int] = set()
    for picture in dataset:
        if picture.id in seen:
            problems.add("duplicate-picture-id", f"{picture.path}: id {picture.id}")
        seen.add(picture.id)
        if min(picture.width, picture.height) <= 0:
            problems.add("no-size", f"{picture.path}: {picture.width}x{picture.height}")
        for i in np.flatnonzero(~np.isfinite(picture.boxes).all(axis=1)):
            problems.add("not-a-number", _place(picture, i))


def check_box_ids(dataset: Dataset, problems: Problems) -> None:
    """Box ids that are given twice: only those who go by them are harmed, and writing gives new ones."""
    seen: set[Any] = set()
    for picture in dataset:
        for number in (box["id"] for box in picture.box_extra if "id" in box):
            if number in seen:
                problems.add("duplicate-box-id", f"{picture.path}: box id {number}")
            seen.add(number)


def _check_boxes(picture: Picture, labels: Sequence[str], problems: Problems) -> None:
    x1, y1, x2, y2 = picture.boxes.T
    for i in np.flatnonzero((x2 <= x1) | (y2 <= y1)):
        problems.add("empty-box", _place(picture, i))
    over = (np.minimum(x1, y1) < -OUTSIDE) | (x2 > picture.width + OUTSIDE) | (y2 > picture.height + OUTSIDE)
    for i in np.flatnonzero(over):
        problems.add("box-outside", f"{_place(picture, i)} in {picture.width}x{picture.height}")
    rows = [(int(label), *box) for label, box in zip(picture.labels, picture.boxes.round(2).tolist(), strict=True)]
    for k, row in enumerate(rows):
        if row in rows[:k]:
            problems.add("duplicate-box", f"{_place(picture, k)} {labels[row[0]]}")


def _check_file(picture: Picture, file: PictureFile, problems: Problems) -> None:
    if not file.sha256:
        problems.add("missing-file", f"{picture.path} ({file.fault})")
    elif file.fault:
        problems.add("undecodable-file", f"{picture.path} ({file.fault})")
    elif file.size != (picture.width, picture.height):
        seen = "x".join(map(str, file.size))
        problems.add("size-differs", f"{picture.path}: {seen}, annotated as {picture.width}x{picture.height}")


def _check_copies(dataset: Dataset, files: dict[Path, PictureFile], problems: Problems) -> None:
    """The same bytes under two names, or one file listed twice."""
    same: dict[str, list[Picture]] = defaultdict(list)
    for picture in dataset:
        if files[picture.path].sha256:
            same[files[picture.path].sha256].append(picture)
    for copies in same.values():
        if len({picture.split for picture in copies}) > 1:
            shown = " = ".join(f"{picture.path} ({picture.split or 'no split'})" for picture in copies[:3])
            problems.add("in-two-splits", shown)
        elif len(copies) > 1:
            problems.add("duplicate-picture", " = ".join(str(picture.path) for picture in copies[:3]))


def _place(picture: Picture, i: int | np.integer[Any]) -> str:
    corners = ", ".join(f"{value:g}" for value in picture.boxes[i])
    return f"{picture.path}: box {i + 1} ({corners})"
