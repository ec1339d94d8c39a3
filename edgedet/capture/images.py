"""Reads pictures and lists folders of them."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np

from edgedet.errors import SourceError
from edgedet.types import Image

EXTENSIONS = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".pgm", ".ppm", ".jp2")
"""What is taken for a picture, whatever its case; every other file is tried as a video."""


def is_image(path: Path) -> bool:
    """Whether the file's name says it is a picture."""
    return path.suffix.lower() in EXTENSIONS


def list_pictures(folder: Path) -> list[Path]:
    """The pictures in a folder and the folders in it, ``2.jpg`` before ``10.jpg``; hidden ones left out."""
    from imutils.paths import list_files  # brings all of urllib and TLS along, which a camera has no use for

    found = (Path(name) for name in list_files(str(folder), validExts=EXTENSIONS))
    return natural_sorted([path for path in found if not path.name.startswith(".")])


def natural_sorted(paths: list[Path]) -> list[Path]:
    """Sorted as a person would: numbers by value, letters whatever their case."""

    def key(path: Path) -> tuple[list[tuple[int, str]], str]:
        parts = re.split(r"([0-9]+)", str(path).lower())
        return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], str(path)

    return sorted(paths, key=key)


def read_image(path: str) -> Image:
    """A picture as uint8 (H, W, 3) BGR, upright by its EXIF orientation; grey, alpha, palette and 16 bits converted.

    Raises:
        SourceError: it can't be read or isn't a picture.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: can't be read ({error.strerror}); check the name and who may read it") from None
    if not data:
        raise SourceError(f"{path}: the file is empty (0 bytes); copy it again")
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise SourceError(
            f"{path}: can't be decoded ({error.err}); make it smaller or save it as JPEG or PNG"
        ) from None
    if image is None or not image.size:
        raise SourceError(f"{path}: can't be decoded as a picture; is it complete? Save it as JPEG or PNG")
    return np.ascontiguousarray(image, np.uint8)
