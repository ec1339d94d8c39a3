"""Whether a frame shows nothing that another doesn't."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edgedet.boxes import iou
from edgedet.types import Detections, Image

SIDE = 16
"""A hash has the square of it as bits."""
ALIKE = 20
"""Bits of 256 up to which two pictures look alike."""
SAME_PLACE = 0.7
"""Overlap from which an object is where another was."""
REMEMBERED = 500


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """What a frame is known by.

    Attributes:
        bits: 256 of them, its difference hash: whether each part is brighter than the one to its left (N. Krawetz,
            "Kind of Like That", 2013). Of a camera that stands still it is the background's.
        boxes: float32 (N, 4), where things are, as fractions of the frame.
        labels: what they are.
    """

    bits: int
    boxes: NDArray[np.float32]
    labels: tuple[str, ...]

    @classmethod
    def of(cls, image: Image, found: Detections) -> Print:
        """That of a frame and what was found in it."""
        grey = cv2.cvtColor(cv2.resize(image, (SIDE + 1, SIDE), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        height, width = image.shape[:2]
        labels = tuple(found.labels[class_id] for class_id in found.class_ids.tolist())
        boxes = (found.boxes / [width, height, width, height]).astype(np.float32)
        rises = np.diff(np.asarray(grey, np.int16), axis=1) > 0
        return cls(int.from_bytes(np.packbits(rises).tobytes(), "big"), boxes, labels)

    def is_like(self, other: Print) -> bool:
        """Whether both look alike and show the same things at the same places."""
        if (self.bits ^ other.bits).bit_count() > ALIKE or sorted(self.labels) != sorted(other.labels):
            return False
        if not self.labels:
            return True
        same = iou(self.boxes, other.boxes) >= SAME_PLACE
        same &= np.array([[a == b for b in other.labels] for a in self.labels])
        return bool(same.any(axis=1).all() and same.any(axis=0).all())


class Known:
    """The newest frames that were kept of one camera."""

    def __init__(self) -> None:
        self._prints: deque[Print] = deque(maxlen=REMEMBERED)

    def is_new(self, mark: Print) -> bool:
        """Whether none of them is like this one."""
        return not any(mark.is_like(each) for each in self._prints)

    def add(self, mark: Print) -> None:
        """One more was kept."""
        self._prints.append(mark)
