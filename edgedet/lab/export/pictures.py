"""The pictures that parity is checked on and ranges are measured with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgedet.capture.images import list_pictures, read_image
from edgedet.errors import DataError, SourceError
from edgedet.inference.preprocess import Preprocessor
from edgedet.inference.runtime import Tensor
from edgedet.lab.datasets.formats import read_dataset
from edgedet.types import Image

BUNDLED = Path(__file__).parents[2] / "capture" / "photos"
"""Three photographs that come with edgedet."""


def read_pictures(where: Path = BUNDLED, most: int = 100) -> list[Image]:
    """Pictures of a folder, or of annotations in COCO's JSON, evenly picked.

    Args:
        where: a folder, or a JSON file.
        most: how many at most.

    Returns:
        uint8 (H, W, 3) BGR, each of its own size.

    Raises:
        DataError: there are none, or one can't be read.
    """
    return _read(_paths(where), where, most)


def read_calibration(where: Path, split: str = "", most: int = 100) -> list[Image]:
    """Pictures to quantize with, as :func:`read_pictures` reads them.

    Args:
        where: a folder, or a JSON file.
        split: of a JSON file that has several; it must be said, so that none meant for evaluation slips in.
        most: how many at most, evenly picked.

    Raises:
        DataError: there are none, one can't be read, or the split isn't said or isn't there.
    """
    paths = _paths(where, split)
    if not split and where.suffix.lower() == ".json":
        splits = sorted({picture.split for picture in read_dataset(where)})
        if len(splits) > 1:
            raise DataError(
                f"{where}: has splits {', '.join(map(repr, splits))}; say which to quantize with: --split train"
            )
    return _read(paths, where, most)


def _read(paths: list[Path], where: Path, most: int) -> list[Image]:
    if not paths:
        raise DataError(f"{where}: no pictures in it; give a folder of JPEG or PNG files, or a COCO JSON file")
    chosen = np.linspace(0, len(paths) - 1, min(most, len(paths))).round().astype(int)
    try:
        return [read_image(str(paths[i])) for i in chosen]
    except SourceError as error:
        raise DataError(str(error)) from None


def _paths(where: Path, split: str = "") -> list[Path]:
    if where.suffix.lower() == ".json":
        return [picture.path for picture in read_dataset(where) if split in ("", picture.split)]
    if split:
        raise DataError(f"{where}: --split is of a COCO JSON file; of a folder all pictures are taken")
    if where.is_dir():
        return list_pictures(where)
    raise DataError(f"{where}: no such folder or JSON file; give the pictures' folder, or annotations in COCO's JSON")


def to_inputs(images: Sequence[Image], size: int) -> NDArray[np.float32]:
    """Pictures as a float model takes them, stretched to its input: float32 (N, size, size, 3), RGB, -1 to 1."""
    tensor = Tensor(0, "image", (1, size, size, 3), np.dtype(np.float32), 0.0, 0)
    write = Preprocessor(tensor, 127.5, 127.5)
    inputs = np.empty((len(images), size, size, 3), np.float32)
    for i, image in enumerate(images):
        write(image, inputs[i : i + 1])
    return inputs
