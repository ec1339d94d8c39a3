"""Pictures with what a model found in them where it was made: its self-test, in its card or its registry entry.

::

    [[models.my-detector.self_test]]
    photo = "astronaut.jpg"
    found = [{ label = "person", score = 0.87, box = [0.01, 0.0, 0.99, 1.0] }]
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from edgedet.errors import ModelError
from edgedet.types import Detections, Image

PHOTOS = Path(__file__).resolve().parent.parent / "capture" / "photos"
"""The photographs that come with edgedet: the demo's, of a person each and a cat."""

Fraction = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Found(_Part):
    """An object that was found.

    Attributes:
        label: its class.
        score: 0 to 1.
        box: x1, y1, x2, y2 as fractions of the picture.
    """

    label: str
    score: Fraction
    box: tuple[Fraction, Fraction, Fraction, Fraction]


class Sample(_Part):
    """A picture of a self-test.

    Attributes:
        photo: one of the photographs that come with edgedet, so that every camera has it.
        found: what the model finds in it; empty: nothing.
    """

    photo: Literal["astronaut.jpg", "chelsea.jpg", "hopper.jpg"]
    found: tuple[Found, ...]

    def image(self) -> Image:
        """The photograph: uint8 (H, W, 3) BGR. Raises ModelError if the installation is damaged."""
        data = cv2.imread(str(PHOTOS / self.photo), cv2.IMREAD_COLOR)
        if data is None:
            raise ModelError(f"{PHOTOS / self.photo}: can't be read; install edgedet again")
        return np.asarray(data, np.uint8)


def sample_of(photo: str, image: Image, seen: Detections) -> Sample:
    """A sample out of what a model finds now."""
    fractions = np.clip(seen.boxes / _size(image), 0, 1)
    rows = zip(seen.class_ids, seen.scores, fractions, strict=True)
    found = [
        {"label": seen.labels[kind], "score": round(float(score), 3), "box": tuple(round(float(v), 4) for v in box)}
        for kind, score, box in rows
    ]
    return Sample.model_validate({"photo": photo, "found": found})


def difference(sample: Sample, image: Image, seen: Detections, tolerance: float, overlap: float) -> str | None:
    """What a model finds otherwise than where it was made; None: nothing.

    Args:
        sample: what is expected.
        image: its picture.
        seen: what is found now, at a confidence ``tolerance`` below that of the sample.
        tolerance: by how much a score may differ. What is near the confidence may so be found or not.
        overlap: the lowest IoU of an expected box and the one found, 0 to 1.
    """
    fractions = seen.boxes / _size(image)
    left = np.ones(len(seen), bool)
    for wanted in sample.found:
        fits = left & (np.array([seen.labels[kind] for kind in seen.class_ids]) == wanted.label)
        fits &= _overlaps(np.array(wanted.box, np.float32), fractions) >= overlap
        fits &= np.abs(seen.scores - wanted.score) <= tolerance
        if not fits.any():
            return f"{wanted.label} {wanted.score:.2f} is expected, and {_told(seen, left)}"
        left[int(np.argmax(fits))] = False  # best score first
    surplus = left & (seen.scores > SURE + tolerance)
    return f"nothing more is expected, and {_told(seen, surplus)}" if surplus.any() else None


SURE = 0.5
"""The confidence of a self-test's detections."""


def _told(seen: Detections, which: NDArray[np.bool_]) -> str:
    rows = [f"{seen.labels[kind]} {score:.2f}" for kind, score in zip(seen.class_ids, seen.scores, strict=True)]
    kept = [row for row, wanted in zip(rows, which, strict=True) if wanted][:3]
    return f"{', '.join(kept)} found there" if kept else "nothing is found there"


def _size(image: Image) -> NDArray[np.float32]:
    height, width = image.shape[:2]
    return np.array([width, height, width, height], np.float32)


def _overlaps(box: NDArray[np.float32], boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """IoU of one box with (N, 4) others; float32 (N,)."""
    corners = np.minimum(boxes[:, 2:], box[2:]) - np.maximum(boxes[:, :2], box[:2])
    shared = np.clip(corners, 0, None).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1) + (box[2:] - box[:2]).prod()
    return np.asarray(shared / np.maximum(areas - shared, 1e-9), np.float32)
