"""Picture files: their size and whether they are sound."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from edgedet.errors import DataError
from edgedet.lab import require

_ORIENTATION = 0x0112
_ON_THEIR_SIDE = (5, 6, 7, 8)


@dataclass(frozen=True, slots=True)
class PictureFile:
    """What a picture's file is.

    Attributes:
        sha256: of its bytes, in hex; empty if there is no file.
        size: width and height in pixels, upright by its EXIF orientation; (0, 0) if it can't be decoded.
        fault: why it can't be; empty if all is well.
    """

    sha256: str
    size: tuple[int, int] = (0, 0)
    fault: str = ""


def upright_size(path: Path) -> tuple[int, int]:
    """A picture's width and height in pixels, from its header, as it stands upright by its EXIF orientation.

    Raises:
        DataError: there is no such file, or it isn't a picture.
    """
    try:
        return _read(path, whole=False)
    except OSError as error:
        raise DataError(
            f"{path}: its size can't be read ({error.strerror or 'not a picture'}); mend or leave it out"
        ) from None


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex; equal files are equal pictures. Empty if it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def examine(path: Path) -> PictureFile:
    """Read and decode a whole picture file; a truncated one is at fault, though viewers may show its upper part."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return PictureFile("", fault=(error.strerror or str(error)).lower())
    digest = hashlib.sha256(data).hexdigest()
    try:
        return PictureFile(digest, _read(io.BytesIO(data), whole=True))
    except OSError as error:
        return PictureFile(digest, fault="not a picture" if "cannot identify" in str(error) else str(error))


def _read(file: Path | IO[bytes], whole: bool) -> tuple[int, int]:
    """Upright size. Raises OSError and nothing else."""
    pil: Any = require("PIL.Image")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd EXIF data and of large pictures
            with pil.open(file) as image:
                if whole:
                    image.load()
                turned = image.getexif().get(_ORIENTATION) in _ON_THEIR_SIDE
                width, height = image.size
    except OSError:
        raise
    except Exception as error:  # Pillow's decoders raise many kinds on damaged files
        raise OSError(str(error)) from None
    return (height, width) if turned else (width, height)
