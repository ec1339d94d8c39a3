"""Which kind of teacher a model file is."""

from __future__ import annotations

import logging
from pathlib import Path

from edgedet.errors import HeadError, ModelError
from edgedet.inference.detector import Detector
from edgedet.lab.training.pseudo import Teacher
from edgedet.lab.training.segmentation import SegmentationTeacher

log = logging.getLogger(__name__)


def open_teacher(path: Path, confidence: float) -> Teacher:
    """A detector, or else a segmentation model.

    Args:
        path: a TFLite model.
        confidence: lowest score a detector tells of.

    Raises:
        ModelError: it is neither.
    """
    try:
        return Detector(path, confidence=confidence)
    except HeadError as error:
        try:
            teacher = SegmentationTeacher(path)
        except ModelError:
            raise error from None
    log.info("%s: a segmentation model: its regions are boxed", path)
    return teacher
