"""Annotated pictures, whatever file they came from.

::

    formats     read_dataset, write_dataset: COCO, Pascal VOC, YOLO, TFRecord, CSV, each in a module of its own
    check       what is wrong with them
    merge       several as one; split: one in parts
    summary     figures of them; charts and sheet: pictures of them
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One annotated picture; its pixels stay on the disk.

    Attributes:
        path: the image file.
        width, height: in pixels, as the annotations have them.
        boxes: float32 (N, 4): x1, y1, x2, y2 in pixels from the top left corner.
        labels: int64 (N,), indices into the dataset's labels.
        known: bool (C,), for each of the dataset's labels: whether every such object in the picture is annotated.
            Where it isn't, the absence of a box says nothing.
        crowd: bool (N,): the box is around a group, its members aren't boxed one by one (COCO's ``iscrowd``).
        id: the annotations' own number of the picture, unique in its dataset.
        split: ``train``, ``val``, ...; empty if the annotations don't say.
        extra: what else the file said of the picture, kept so that it can be written again.
        box_extra: the same of each box.
    """

    path: Path
    width: int
    height: int
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    known: NDArray[np.bool_]
    crowd: NDArray[np.bool_]
    id: int
    split: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    box_extra: tuple[dict[str, Any], ...] = ()

    def __len__(self) -> int:
        return len(self.boxes)


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Pictures that share one list of labels.

    >>> Dataset(("person", "cat"), ()).with_labels(("cat", "dog")).labels
    ('cat', 'dog')

    Attributes:
        labels: the name of every class, by index.
        pictures: in the annotations' order.
        name: what it is called in reports.
        extra: what else the file said of the whole (licences, info), kept so that it can be written again.
    """

    labels: tuple[str, ...]
    pictures: tuple[Picture, ...]
    name: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.pictures)

    def __iter__(self) -> Iterator[Picture]:
        return iter(self.pictures)

    def of_split(self, split: str) -> Dataset:
        """Only the pictures of one split."""
        return replace(self, pictures=tuple(p for p in self.pictures if p.split == split))

    def with_boxes(self) -> Dataset:
        """Only the pictures that have a box."""
        return replace(self, pictures=tuple(p for p in self.pictures if len(p)))

    def with_labels(self, labels: Sequence[str]) -> Dataset:
        """The same pictures under other labels: boxes of other classes go, classes it never had become unknown."""
        place = {name: i for i, name in enumerate(labels)}
        old = [self.labels.index(name) if name in self.labels else -1 for name in labels]
        new = np.array([place.get(name, -1) for name in self.labels] or [-1], np.int64)
        return replace(
            self, labels=tuple(labels), pictures=tuple(_relabelled(picture, new, old) for picture in self.pictures)
        )


def _relabelled(picture: Picture, new: NDArray[np.int64], old: list[int]) -> Picture:
    labels = new[picture.labels] if len(picture) else picture.labels
    kept = labels >= 0
    extra = tuple(e for e, keep in zip(picture.box_extra, kept, strict=True) if keep) if picture.box_extra else ()
    return replace(
        picture,
        boxes=picture.boxes[kept],
        labels=labels[kept],
        crowd=picture.crowd[kept],
        known=np.array([i >= 0 and bool(picture.known[i]) for i in old], np.bool_),
        box_extra=extra,
    )
