"""Pictures that commands write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from edgedet.disk import disk_error
from edgedet.errors import OutputError

if TYPE_CHECKING:
    from edgedet.types import Image


def check_name(path: Path) -> None:
    """Refuse a name before any work is done for it: raise OutputError unless it is a PNG's or JPEG's."""
    if path.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise OutputError(f"{path}: can't tell what kind of picture; let it end in .png or .jpg")


def write_picture(path: Path, image: Image) -> None:
    """Write a picture, whole or not at all; one that is there is replaced.

    Args:
        path: see :func:`check_name`.
        image: uint8 (H, W, 3) BGR.

    Raises:
        OutputError: it can't be written.
    """
    import cv2

    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        half.write_bytes(cv2.imencode(path.suffix.lower(), image)[1].tobytes())
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise disk_error(path, error) from None
