"""Single pictures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from edgedet.capture import SourceStatus
from edgedet.capture.stamp import Stamper, check_size
from edgedet.errors import SourceError
from edgedet.types import Frame, Image


def is_image(path: Path) -> bool:
    """Whether a file begins like a picture that OpenCV reads."""
    try:
        return bool(cv2.haveImageReader(str(path)))
    except cv2.error:
        return False


def read_image(path: Path) -> Image:
    """A picture as uint8 (H, W, 3) BGR, whatever it was: grey, with alpha, 16-bit, a palette; turned as EXIF says.

    Raises:
        SourceError: it can't be read or decoded.
    """
    try:
        data = np.fromfile(path, np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    except OSError as error:
        raise SourceError(f"{path}: can't be read ({error.strerror}); check the path and its permissions") from None
    except cv2.error as error:
        raise SourceError(f"{path}: the picture can't be decoded ({error.err}); save it again as JPEG or PNG") from None
    if image is None:
        what = "is damaged or of an unknown format" if len(data) else "is empty (0 bytes)"
        raise SourceError(f"{path}: the picture {what}; save it again as JPEG or PNG")
    check_size(image.shape[1], image.shape[0], str(path))
    return np.asarray(image, np.uint8)


class ImageFile:
    """One picture: a source of one frame."""

    live = False

    def __init__(self, path: Path) -> None:
        self.uri = str(path)
        self._path = path
        self._state = "opening"

    def open(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        self._state = "open"

    def read(self) -> Frame | None:
        """See :class:`edgedet.capture.Source`."""
        if self._state != "open":
            return None
        self._state = "ended"
        return Stamper(self.uri)(read_image(self._path), 0.0)

    def status(self) -> SourceStatus:
        """See :class:`edgedet.capture.Source`."""
        return SourceStatus(self._state)

    def close(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        self._state = "closed"
