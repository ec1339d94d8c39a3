"""A dataset and what was found in it, as pycocotools' objects."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from edgedet.lab import require
from edgedet.lab.datasets import Dataset
from edgedet.types import Detections


class CocoTruth:
    """pycocotools' evaluation of one class at a time, on the pictures in which that class is fully annotated.

    Args:
        dataset: the pictures, with N annotations of any of its classes.
        found: what a model found in each picture, in the dataset's order; matched to its classes by name, boxes in
            the picture's pixels.

    Raises:
        ValueError: there aren't as many Detections as pictures.
        ExtraMissing: pycocotools isn't installed.
    """

    def __init__(self, dataset: Dataset, found: Sequence[Detections]) -> None:
        if len(found) != len(dataset):
            raise ValueError(f"{len(found)} pictures' detections for {len(dataset)} pictures")
        self._labels = dataset.labels
        # pycocotools goes through the pictures by number and keeps that order among equal scores, of which a
        # quantized model has many: the numbers must stand in the order of the annotations' own
        order = sorted(range(len(dataset)), key=lambda i: dataset.pictures[i].id)
        numbers = {index: number for number, index in enumerate(order, start=1)}
        self._pictures = {numbers[i]: picture for i, picture in enumerate(dataset)}
        self._truth = self._coco(_annotations(dataset, numbers))
        self._found = self._coco(_results(dataset.labels, found, numbers))

    def pictures(self, label: str) -> list[int]:
        """The numbers of the pictures in which every object of a class is annotated."""
        index = self._labels.index(label)
        return [number for number, picture in self._pictures.items() if picture.known[index]]

    def evaluate(self, label: str, ious: Sequence[float] | None = None) -> Any:
        """A ``COCOeval`` of one class, evaluated but not yet accumulated.

        Args:
            label: one of the dataset's.
            ious: the overlaps a hit is counted at; None: COCO's ten, 0.50 to 0.95.
        """
        cocoeval = require("pycocotools.cocoeval")
        with contextlib.redirect_stdout(io.StringIO()):
            evaluation = cocoeval.COCOeval(self._truth, self._found, "bbox")
            evaluation.params.catIds = [self._labels.index(label) + 1]
            evaluation.params.imgIds = sorted(self.pictures(label))
            if ious is not None:
                evaluation.params.iouThrs = np.array(ious)
            evaluation.evaluate()
        return evaluation

    def _coco(self, annotations: list[dict[str, Any]]) -> Any:
        coco = require("pycocotools.coco").COCO()
        coco.dataset = {
            "info": {},
            "images": [{"id": number, "width": p.width, "height": p.height} for number, p in self._pictures.items()],
            "categories": [{"id": i, "name": name} for i, name in enumerate(self._labels, start=1)],
            "annotations": [{"id": i, **annotation} for i, annotation in enumerate(annotations, start=1)],
        }
        with contextlib.redirect_stdout(io.StringIO()):
            coco.createIndex()
        return coco


def _annotations(dataset: Dataset, numbers: dict[int, int]) -> list[dict[str, Any]]:
    annotations = []
    for index, picture in enumerate(dataset):
        extras = picture.box_extra or ({},) * len(picture)
        rows = zip(picture.boxes.tolist(), picture.labels.tolist(), picture.crowd.tolist(), extras, strict=True)
        for (x1, y1, x2, y2), label, crowd, extra in rows:
            annotations.append(
                {
                    "image_id": numbers[index],
                    "category_id": label + 1,
                    "bbox": [x1, y1, x2 - x1, y2 - y1],
                    "area": float(extra.get("area") or (x2 - x1) * (y2 - y1)),  # COCO's is the outline's, if it has one
                    "iscrowd": int(crowd),
                }
            )
    return annotations


def _results(labels: tuple[str, ...], found: Sequence[Detections], numbers: dict[int, int]) -> list[dict[str, Any]]:
    place = {name: i for i, name in enumerate(labels, start=1)}
    results = []
    for index, detections in enumerate(found):
        rows = zip(detections.boxes.tolist(), detections.scores.tolist(), detections.class_ids.tolist(), strict=True)
        for (x1, y1, x2, y2), score, class_id in rows:
            category = place.get(detections.labels[class_id])
            if category is not None:
                box = [x1, y1, x2 - x1, y2 - y1]
                results.append(
                    {
                        "image_id": numbers[index],
                        "category_id": category,
                        "bbox": box,
                        "area": box[2] * box[3],
                        "iscrowd": 0,
                        "score": score,
                    }
                )
    return results
