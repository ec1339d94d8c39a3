"""Drawn pictures of discs and squares with their boxes: something to learn in a minute, from nothing but a seed."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edgedet.errors import OutputError
from edgedet.lab.datasets import Dataset, Picture
from edgedet.lab.datasets.formats import write_dataset

LABELS = ("disc", "square")
SIDE = 192


def draw_shapes(folder: Path, pictures: int, seed: int = 0) -> Path:
    """Draw pictures of one to three shapes each, and write them with their COCO annotations.

    Args:
        folder: a new one; the annotations are put in it.
        pictures: how many; the last quarter is the split ``val``, the rest ``train``.
        seed: of all that is random.

    Returns:
        The annotations' file.

    Raises:
        OutputError: the folder can't be written.
    """
    rng = np.random.default_rng(seed)
    drawn = folder.with_name(folder.name + ".drawn")
    try:
        drawn.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{drawn}: can't be made ({error.strerror}); give another folder") from None
    known = np.ones(len(LABELS), np.bool_)
    found = []
    for i in range(pictures):
        image, boxes, labels = _draw(rng)
        path = drawn / f"{i:04}.png"
        if not cv2.imwrite(str(path), image):
            raise OutputError(f"{path}: can't be written; free some space or give another folder")
        split = "val" if i >= pictures * 3 // 4 else "train"
        crowd = np.zeros(len(boxes), np.bool_)
        found.append(Picture(path, SIDE, SIDE, boxes, labels, known, crowd, i + 1, split))
    write_dataset(Dataset(LABELS, tuple(found), "shapes"), folder, "coco")
    return next(folder.glob("*.json"))


def _draw(rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.int64]]:
    corners = rng.integers(0, 256, (2, 2, 3)).astype(np.uint8)
    image = cv2.resize(corners, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    image = np.clip(image + rng.normal(0, 10, image.shape), 0, 255).astype(np.uint8)
    boxes, labels = list[list[int]](), list[int]()
    for _ in range(int(rng.integers(1, 4))):
        side = int(rng.integers(24, 90))
        x, y = (int(v) for v in rng.integers(0, SIDE - side, 2))
        box = [x, y, x + side, y + side]
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in boxes):
            continue
        label = int(rng.integers(len(LABELS)))
        colour = [int(v) for v in rng.integers(0, 256, 3)]
        if LABELS[label] == "disc":
            cv2.circle(image, (x + side // 2, y + side // 2), side // 2, colour, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(image, (x, y), (x + side - 1, y + side - 1), colour, -1)
        boxes.append(box)
        labels.append(label)
    return image, np.array(boxes, np.float32), np.array(labels, np.int64)
