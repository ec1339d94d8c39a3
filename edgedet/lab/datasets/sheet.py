"""A contact sheet: many pictures with their boxes, on one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from edgedet.capture.images import read_image
from edgedet.drawing.overlay import draw
from edgedet.errors import ConfigError, SourceError
from edgedet.lab.datasets import Dataset, Picture
from edgedet.types import Detections, Image

_GROUND = 32
_GAP = 4


def choose(dataset: Dataset, count: int, seed: int = 0, ids: Sequence[int] = ()) -> tuple[Picture, ...]:
    """Some pictures: those with the ids, in that order, or a random sample in the dataset's order.

    Args:
        dataset: the pictures.
        count: how many, if no ids are given; all if there are fewer.
        seed: the same seed gives the same sample.
        ids: the pictures' ids.

    Raises:
        ConfigError: an id isn't there, or there are no pictures.
    """
    by_id = {picture.id: picture for picture in dataset}
    missing = [number for number in ids if number not in by_id]
    if missing:
        has = f"they are {min(by_id)} to {max(by_id)}" if by_id else "there are no pictures"
        raise ConfigError(f"{missing[0]}: no picture has this id; {has}")
    if ids:
        return tuple(by_id[number] for number in ids)
    if not len(dataset):
        raise ConfigError("no picture to show; choose another split or other labels")
    places = np.random.default_rng(seed).choice(len(dataset), min(count, len(dataset)), replace=False)
    return tuple(dataset.pictures[i] for i in sorted(places))


def contact_sheet(pictures: Sequence[Picture], labels: Sequence[str], columns: int = 4, cell: int = 320) -> Image:
    """The pictures in rows, each with its boxes, id and name; a picture that can't be read is a dark cell saying so.

    Args:
        pictures: at least one.
        labels: the names of the dataset's classes. A box around a group is named ``NAME (group)``.
        columns: how many side by side, at most.
        cell: width and height in pixels that each is fitted into.

    Returns:
        uint8 (H, W, 3) BGR.
    """
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    step = cell + _GAP
    sheet = np.full((rows * step + _GAP, columns * step + _GAP, 3), 255, np.uint8)
    for i, picture in enumerate(pictures):
        top, left = _GAP + i // columns * step, _GAP + i % columns * step
        sheet[top : top + cell, left : left + cell] = _cell(picture, labels, cell)
    return sheet


def _cell(picture: Picture, labels: Sequence[str], cell: int) -> Image:
    ground = np.full((cell, cell, 3), _GROUND, np.uint8)
    caption = f"{picture.id} {picture.path.name}"
    try:
        image = read_image(str(picture.path))
    except SourceError:
        return draw(ground, Detections.empty(tuple(labels)), f"{caption}: can't be read")
    scale = cell / max(image.shape[:2])
    width, height = (max(1, round(side * scale)) for side in image.shape[1::-1])
    left, top = (cell - width) // 2, (cell - height) // 2
    shrunk = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    ground[top : top + height, left : left + width] = shrunk
    found = as_detections(picture, labels).scale(width / max(1, picture.width), height / max(1, picture.height))
    moved = replace(found, boxes=found.boxes + np.array([left, top, left, top], np.float32))
    return draw(ground, moved, caption, scores=False)


def as_detections(picture: Picture, labels: Sequence[str]) -> Detections:
    """Annotations as what a perfect detector finds: score 1, the smallest first, so that it is drawn on top."""
    sides = picture.boxes[:, 2:] - picture.boxes[:, :2]
    order = np.argsort(sides.prod(axis=1), kind="stable")
    class_ids = picture.labels + len(labels) * picture.crowd
    return Detections(
        picture.boxes[order],
        np.ones(len(picture), np.float32),
        class_ids[order].astype(np.int32),
        (*labels, *(f"{name} (group)" for name in labels)),
    )


def encode_png(image: Image) -> bytes:
    """A picture as a PNG file's bytes.

    Raises:
        ConfigError: it is too large for a file.
    """
    try:
        good, data = cv2.imencode(".png", image)
    except cv2.error:
        good = False
    if not good:
        raise ConfigError(f"a sheet of {image.shape[1]}x{image.shape[0]} pixels can't be written; show fewer pictures")
    return data.tobytes()
