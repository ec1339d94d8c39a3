"""The job of ``edgedet batch evaluate``: annotated pictures, shared out; figures of them all at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edgedet.batch.bundle import Bundle
from edgedet.batch.work import Done, Item, Task
from edgedet.inference.detector import Detector
from edgedet.lab.datasets import Dataset, Picture
from edgedet.lab.evaluate.evaluation import Result, judge
from edgedet.lab.evaluate.predict import Prediction, predict, read_picture
from edgedet.lab.evaluate.runtimes import open_detector
from edgedet.types import Detections


@dataclass(frozen=True, slots=True)
class Evaluate:
    """Finds all there is in annotated pictures, with one or several models.

    Attributes:
        models: each with the name of its runtime.
        threads: the runtimes'.
    """

    models: tuple[tuple[Bundle, str], ...]
    threads: int = 1
    kind: str = "evaluate"

    def identity(self) -> Mapping[str, Any]:
        """The models and their runtimes."""
        return {"model": [[bundle.sha256, runtime] for bundle, runtime in self.models]}

    def open(self) -> Task:
        """Load the models."""
        cv2.setNumThreads(1)
        detectors = []
        for bundle, runtime in self.models:
            path, _, folder = bundle.unpack()
            with folder:
                detectors.append(open_detector(path, runtime, self.threads))
        return partial(self._do, detectors)

    def _do(self, detectors: Sequence[Detector], item: Item) -> Done:
        picture = _picture(item)
        found = predict(detectors, Dataset((), (picture,)), [read_picture(picture)])
        spent = {f"invoke {number}": each.invoke_s[0] for number, each in enumerate(found)}
        return Done((json.dumps([_plain(each.found[0]) for each in found]),), frames=1, spent=spent)


def items_of(dataset: Dataset) -> list[Item]:
    """The pictures of a dataset, in its order."""
    return [_item(picture) for picture in dataset]


def results(
    lines: Iterator[str], dataset: Dataset, detectors: Sequence[Detector], precision: float,
    failed: frozenset[str], median: Callable[[str], float | None],
) -> tuple[list[Result], Dataset]:  # fmt: skip
    """The figures of each model, over the pictures that could be read.

    Args:
        lines: of all workers, in the dataset's order.
        dataset: the pictures.
        detectors: of the same models, here; none of them runs.
        precision: as :func:`edgedet.lab.evaluate.evaluation.evaluate` has it.
        failed: the keys of pictures that have no line.
        median: of the workers' times of a name, in seconds.

    Returns:
        The figures, and the dataset that they are of.
    """
    read = tuple(picture for picture in dataset if _item(picture).key not in failed)
    rows = [json.loads(line) for line in lines]
    predictions = [
        Prediction(tuple(_found(row[number], detector.labels) for row in rows), (median(f"invoke {number}") or 0.0,))
        for number, detector in enumerate(detectors)
    ]
    measured = replace(dataset, pictures=read)
    return judge(detectors, measured, predictions, precision), measured


def _item(picture: Picture) -> Item:
    path = Path(picture.path)
    known = path.stat() if path.is_file() else None
    facts = {"width": picture.width, "height": picture.height}
    size, stamp = (known.st_size, str(known.st_mtime_ns)) if known else (0, "")
    return Item(f"{path}#{picture.id}", str(path), size, stamp, facts)


def _picture(item: Item) -> Picture:
    none = np.zeros(0, np.int64)
    nothing = np.zeros(0, np.bool_)
    boxes = np.zeros((0, 4), np.float32)
    return Picture(Path(item.place), item.facts["width"], item.facts["height"], boxes, none, nothing, nothing, 0)


def _plain(found: Detections) -> list[Any]:
    """All of it, exactly: a float32 is a float of Python's, and that is written so that it is read the same."""
    return [found.boxes.tolist(), found.scores.tolist(), found.class_ids.tolist()]


def _found(values: Sequence[Any], labels: tuple[str, ...]) -> Detections:
    boxes, scores, class_ids = values
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4), np.array(scores, np.float32), np.array(class_ids, np.int32), labels
    )
