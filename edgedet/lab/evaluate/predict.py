"""A dataset's pictures through one or several detectors."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from edgedet.capture.images import read_image
from edgedet.errors import DataError, SourceError
from edgedet.inference.detector import Detector
from edgedet.lab.datasets import Dataset, Picture
from edgedet.types import Detections, Image

CONFIDENCE = 0.02
"""Lowest score kept for mAP: the tail of the precision-recall curve is part of it."""
MAX_DETECTIONS = 100
"""COCO's limit in one picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What one detector found in a dataset.

    Attributes:
        found: for each picture, in the dataset's order, in the pixels of its annotations.
        invoke_s: seconds of each run of the model alone.
    """

    found: tuple[Detections, ...]
    invoke_s: tuple[float, ...]

    @property
    def invoke_p50_ms(self) -> float:
        """Median milliseconds of one run of the model."""
        return statistics.median(self.invoke_s) * 1e3


def read_pictures(dataset: Dataset) -> Iterator[Image]:
    """Each picture's pixels, uint8 (H, W, 3) BGR, read when it is its turn.

    Raises:
        DataError: a picture is missing, can't be decoded, or isn't of the shape that its annotations say.
    """
    for picture in dataset:
        yield read_picture(picture)


def read_picture(picture: Picture) -> Image:
    """One picture's pixels; raises what :func:`read_pictures` does."""
    try:
        image = read_image(str(picture.path))
    except SourceError as error:
        raise DataError(str(error)) from None
    height, width = image.shape[:2]
    if abs(width * picture.height - height * picture.width) > max(width, height):  # a pixel more or less is rounding
        raise DataError(
            f"{picture.path}: the picture is {width}x{height}, but its annotations are for "
            f"{picture.width}x{picture.height}; correct the annotations, or remove its EXIF orientation"
        )
    return image


def predict(
    detectors: Sequence[Detector], dataset: Dataset, images: Iterable[Image] | None = None
) -> tuple[Prediction, ...]:
    """Run detectors over a dataset, taking turns on each picture so that their latencies compare.

    Args:
        detectors: made with :data:`CONFIDENCE` and :data:`MAX_DETECTIONS` where mAP is wanted.
        dataset: the pictures; their annotations aren't looked at.
        images: the pictures' pixels in the dataset's order, of any size, instead of what their files hold.

    Returns:
        One Prediction for each detector.

    Raises:
        DataError: the dataset is empty, or a picture can't be read.
    """
    if not len(dataset):
        raise DataError(f"{dataset.name or 'dataset'}: no pictures in it; nothing can be evaluated")
    found: list[list[Detections]] = [[] for _ in detectors]
    spent: list[list[float]] = [[] for _ in detectors]
    for picture, image in zip(dataset, read_pictures(dataset) if images is None else images, strict=True):
        scale = picture.width / image.shape[1], picture.height / image.shape[0]
        for i, detector in enumerate(detectors):
            detections, seconds = detector.detect_timed(image)
            found[i].append(detections if scale == (1, 1) else detections.scale(*scale))
            spent[i].append(seconds["invoke"])
    return tuple(Prediction(tuple(f), tuple(s)) for f, s in zip(found, spent, strict=True))
