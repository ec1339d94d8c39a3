"""The making of frames: numbered and stamped when they arrive."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import numpy as np

from edgedet.errors import SourceError
from edgedet.types import Frame, Image

MOST_PIXELS = 100_000_000
"""No camera gives more; a file that claims to would only exhaust memory."""


class Stamper:
    """Makes the frames of one source.

    Args:
        source: what :attr:`Frame.source` will say.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._index = 0
        self._start = time.monotonic()

    def __call__(self, image: Image, time_s: float | None = None, monotonic: float | None = None) -> Frame:
        """The next frame. ``time_s`` is its place in the source (default: seconds since the stamper was made);
        ``monotonic`` is when it was taken, where the camera says so (default: now)."""
        now = time.monotonic()
        index, self._index = self._index, self._index + 1
        position = now - self._start if time_s is None else time_s
        image = np.ascontiguousarray(image)
        return Frame(image, index, position, now if monotonic is None else monotonic, datetime.now(UTC), self._source)


def check_size(width: int, height: int, source: str) -> None:
    """Raises SourceError for a picture of no or absurd size."""
    if width < 1 or height < 1 or width * height > MOST_PIXELS:
        raise SourceError(f"{source}: {width}x{height} pixels; edgedet takes 1x1 to {MOST_PIXELS // 10**6} megapixels")
