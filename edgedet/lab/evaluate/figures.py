"""COCO's accuracy figures (Lin et al., Microsoft COCO, 2014; https://cocodataset.org/#detection-eval)."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from edgedet.lab.datasets import Dataset
from edgedet.lab.evaluate.coco_map import CocoTruth
from edgedet.types import Detections

_NAMES = {
    "ap": "AP",
    "ap50": "AP50",
    "ap75": "AP75",
    "ar100": "AR100",
    "ap_small": "AP_small",
    "ap_medium": "AP_medium",
    "ap_large": "AP_large",
}


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How well objects are found; each 0 to 1, None where there is no object to find.

    Attributes:
        ap: average precision, the mean over IoU 0.50, 0.55, ... 0.95.
        ap50, ap75: at IoU 0.50 and 0.75.
        ar100: recall with at most 100 detections a picture, the mean over the same ten IoU.
        ap_small, ap_medium, ap_large: of objects under 32x32 pixels, between, over 96x96 pixels of the picture.
    """

    ap: float | None
    ap50: float | None
    ap75: float | None
    ar100: float | None
    ap_small: float | None
    ap_medium: float | None
    ap_large: float | None

    def to_dict(self) -> dict[str, float | None]:
        """By the figures' usual names, rounded to four places."""
        return {_NAMES[name]: None if v is None else round(v, 4) for name, v in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Figures:
    """The accuracy of one model on one dataset.

    Attributes:
        mean: over the classes that have objects.
        classes: of each class, by its name.
        pictures: how many the dataset has.
        objects: how many of each class there are to find, groups (crowds) not counted.
    """

    mean: Accuracy
    classes: Mapping[str, Accuracy]
    pictures: int
    objects: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for reports and model cards: ``{"mean": {"AP": ...}, "classes": {"person": {"AP": ...}}}``."""
        return {
            "mean": self.mean.to_dict(),
            "classes": {name: accuracy.to_dict() for name, accuracy in self.classes.items()},
            "pictures": self.pictures,
            "objects": dict(self.objects),
        }


def score(dataset: Dataset, found: Sequence[Detections]) -> Figures:
    """Score what a model found, as pycocotools does.

    A class counts only the pictures whose ``known`` says that all of its objects are annotated; crowds are COCO's:
    neither hit nor miss. Classes the model doesn't have count as never found: narrow the dataset with
    :meth:`Dataset.with_labels` if they aren't asked for. Detections of classes the data doesn't have are ignored.

    Args:
        dataset: pictures with their objects.
        found: what was found in each picture, in the dataset's order, its boxes in the picture's pixels; every
            detection counts, so its lowest score should be near 0 (0.02) and at most 100 are in one picture.

    Raises:
        ValueError: there aren't as many Detections as pictures.
        ExtraMissing: pycocotools isn't installed.
    """
    truth = CocoTruth(dataset, found)
    classes = {label: _accuracy(truth.evaluate(label)) for label in dataset.labels}
    return Figures(_mean(list(classes.values())), classes, len(dataset), _objects(dataset))


def _accuracy(evaluation: Any) -> Accuracy:
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, 0, :, -1]  # IoU, recall, area (all, small, medium, large)
    recall = evaluation.eval["recall"][:, 0, :, -1]
    return Accuracy(
        ap=_of(precision[:, :, 0]),
        ap50=_of(precision[0, :, 0]),
        ap75=_of(precision[5, :, 0]),
        ar100=_of(recall[:, 0]),
        ap_small=_of(precision[:, :, 1]),
        ap_medium=_of(precision[:, :, 2]),
        ap_large=_of(precision[:, :, 3]),
    )


def _of(values: Any) -> float | None:
    """pycocotools writes -1 where there is nothing to find."""
    valid = values[values > -1]
    return float(valid.mean()) if valid.size else None


def _mean(classes: Sequence[Accuracy]) -> Accuracy:
    means: dict[str, float | None] = {}
    for figure in fields(Accuracy):
        values = [v for accuracy in classes if (v := getattr(accuracy, figure.name)) is not None]
        means[figure.name] = float(np.mean(values)) if values else None
    return Accuracy(**means)


def _objects(dataset: Dataset) -> dict[str, int]:
    return {
        label: sum(int(((p.labels == i) & ~p.crowd).sum()) for p in dataset if p.known[i])
        for i, label in enumerate(dataset.labels)
    }
