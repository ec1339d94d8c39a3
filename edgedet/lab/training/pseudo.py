"""Labels by a teacher where nobody labelled a class: what it is sure of becomes objects, or proof that there are none.

Lee, Pseudo-Label, 2013; two thresholds as in Sohn et al., STAC, 2020. Where the teacher is in doubt about any
object of a class, the class stays unknown in that picture: training learns nothing of it there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import cv2
import numpy as np

from edgedet.errors import DataError
from edgedet.lab.datasets import Dataset, Picture
from edgedet.types import Detections, Image

SURE, UNSURE = 0.5, 0.15
"""Scores from which a teacher's detection is an object, and from which it casts doubt."""


class Teacher(Protocol):
    """Finds objects: a :class:`edgedet.inference.detector.Detector`, or a segmentation model's regions."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes it knows."""

    def detect(self, image: Image) -> Detections:
        """The objects in a picture."""


def pseudo_label(
    dataset: Dataset,
    teacher: Teacher,
    sure: float = SURE,
    unsure: float = UNSURE,
    progress: Callable[[Picture], None] = lambda _: None,
) -> Dataset:
    """Complete every picture's unlabelled classes by what a teacher finds; labelled classes stay as they are.

    Args:
        dataset: some pictures' ``known`` is false for some class.
        teacher: one that also tells of what it is unsure of.
        sure: score from which a detection is taken for an object; over 1: never, the teacher only says where
            there are none.
        unsure: score from which a detection that isn't sure leaves its class unknown in the picture.
        progress: called after each picture.

    Raises:
        DataError: a picture can't be read.
    """
    pictures = []
    for picture in dataset:
        pictures.append(_completed(picture, dataset.labels, teacher, sure, unsure))
        progress(picture)
    return replace(dataset, pictures=tuple(pictures))


def _completed(picture: Picture, labels: tuple[str, ...], teacher: Teacher, sure: float, unsure: float) -> Picture:
    missing = [i for i, known in enumerate(picture.known) if not known and labels[i] in teacher.labels]
    if not missing:
        return picture
    image = cv2.imread(str(picture.path), cv2.IMREAD_COLOR)
    if image is None:
        raise DataError(f"{picture.path}: can't be read as a picture; run: edgedet dataset check")
    found = teacher.detect(image.astype(np.uint8, copy=False)).filter(*(labels[i] for i in missing))
    found = found[found.scores >= unsure]
    classes = np.array([labels.index(teacher.labels[i]) for i in found.class_ids], np.int64)
    doubted = set(classes[found.scores < sure].tolist())
    certain = [i for i in missing if i not in doubted]
    kept = np.isin(classes, certain)
    height, width = image.shape[:2]
    scale = np.array([picture.width / width, picture.height / height] * 2, np.float32)
    known = picture.known.copy()
    known[certain] = True
    extra = tuple({"pseudo_score": round(float(score), 4)} for score in found.scores[kept])
    return replace(
        picture,
        boxes=np.concatenate([picture.boxes, found.boxes[kept] * scale]),
        labels=np.concatenate([picture.labels, classes[kept]]),
        crowd=np.concatenate([picture.crowd, np.zeros(kept.sum(), np.bool_)]),
        known=known,
        box_extra=(picture.box_extra or ({},) * len(picture)) + extra,
    )
