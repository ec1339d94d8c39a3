"""Puts pictures together from what the formats with one box a row or element have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from edgedet.lab.datasets import Picture
from edgedet.lab.datasets.problems import Problems


@dataclass(frozen=True, slots=True)
class Draft:
    """A picture whose classes are still names.

    Attributes:
        path: the picture's file.
        size: width and height in pixels.
        where: its annotations' place, for messages.
        split: as in :class:`Picture`.
        boxes: the name of the class, then x1, y1, x2, y2 in pixels, and what else is said of it.
        extra: as in :class:`Picture`.
    """

    path: Path
    size: tuple[int, int]
    where: str
    split: str = ""
    boxes: list[tuple[str, Sequence[float], dict[str, Any]]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


def build_pictures(drafts: Sequence[Draft], labels: Sequence[str], problems: Problems) -> tuple[Picture, ...]:
    """Pictures with ids from 1, every class annotated in full, no crowds; boxes of unknown classes are problems."""
    index = {name: i for i, name in enumerate(labels)}
    pictures = []
    for number, draft in enumerate(drafts, 1):
        for name, _, _ in draft.boxes:
            if name not in index:
                problems.add("unknown-class", f"{draft.where}: {name}")
        boxes = [box for box in draft.boxes if box[0] in index]
        pictures.append(
            Picture(
                path=draft.path,
                width=draft.size[0],
                height=draft.size[1],
                boxes=np.array([corners for _, corners, _ in boxes], np.float32).reshape(len(boxes), 4),
                labels=np.array([index[name] for name, _, _ in boxes], np.int64),
                known=np.ones(len(labels), np.bool_),
                crowd=np.zeros(len(boxes), np.bool_),
                id=number,
                split=draft.split,
                extra=draft.extra,
                box_extra=tuple(extra for _, _, extra in boxes) if any(extra for _, _, extra in boxes) else (),
            )
        )
    return tuple(pictures)
