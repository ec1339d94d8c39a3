"""Figures of a dataset."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.lab.datasets import Dataset

SMALL, MEDIUM = 32.0**2, 96.0**2
"""Areas in pixels up to which COCO calls an object small or medium: https://cocodataset.org/#detection-eval."""

_QUARTILES = (0, 25, 50, 75, 100)


def summarise(dataset: Dataset) -> dict[str, Any]:
    """Counts of pictures and boxes, whole, by class and by split; sizes of boxes; shapes of pictures and boxes.

    Areas are those of the boxes, in the pixels of the pictures as annotated; COCO itself counts by the outline's.
    Aspect ratios are width by height: least, lower quartile, median, upper quartile, greatest.
    """
    areas = box_areas(dataset)
    labels = np.concatenate([picture.labels for picture in dataset] or [np.zeros(0, np.int64)])
    with_label = Counter(int(label) for picture in dataset for label in np.unique(picture.labels))
    unknown = sum((~picture.known for picture in dataset), np.zeros(len(dataset.labels), np.int64))
    sides = np.array([[picture.width, picture.height] for picture in dataset], np.float64).reshape(-1, 2)
    boxes = np.concatenate([picture.boxes for picture in dataset] or [np.zeros((0, 4), np.float32)])
    splits = dict.fromkeys(picture.split for picture in dataset)
    return {
        "name": dataset.name,
        "pictures": len(dataset),
        "boxes": len(labels),
        "crowds": sum(int(picture.crowd.sum()) for picture in dataset),
        "pictures_without_box": sum(len(picture) == 0 for picture in dataset),
        "classes": {
            name: {
                "boxes": int((labels == i).sum()),
                "pictures": with_label[i],
                **_by_size(areas[labels == i]),
                "pictures_not_exhaustive": int(unknown[i]),
            }
            for i, name in enumerate(dataset.labels)
        },
        "sizes": _by_size(areas),
        "splits": {
            split: {"pictures": len(part), "boxes": sum(map(len, part))}
            for split in splits
            for part in [dataset.of_split(split)]
        },
        "picture_sizes": dict(Counter(f"{p.width}x{p.height}" for p in dataset).most_common(5)),
        "picture_aspect_ratios": _quartiles(sides),
        "box_aspect_ratios": _quartiles(boxes[:, 2:] - boxes[:, :2]),
    }


def box_areas(dataset: Dataset) -> NDArray[np.float64]:
    """The area of every box in square pixels, picture after picture."""
    boxes = np.concatenate([picture.boxes for picture in dataset] or [np.zeros((0, 4), np.float32)]).astype(np.float64)
    areas: NDArray[np.float64] = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return areas


def _by_size(areas: NDArray[np.float64]) -> dict[str, int]:
    small, large = int((areas < SMALL).sum()), int((areas >= MEDIUM).sum())
    return {"small": small, "medium": len(areas) - small - large, "large": large}


def _quartiles(sides: NDArray[Any]) -> list[float]:
    sides = sides[(sides > 0).all(axis=1)]
    return [round(float(v), 3) for v in np.percentile(sides[:, 0] / sides[:, 1], _QUARTILES)] if len(sides) else []


def table(facts: dict[str, Any]) -> str:
    """What :func:`summarise` found, as lines of text; classes with the most boxes first."""
    lines = [
        f"{facts['pictures']} pictures, {facts['boxes']} boxes ({facts['crowds']} around groups), "
        f"{facts['pictures_without_box']} pictures without a box",
    ]
    lines += [
        f"  {split or 'no split'}: {part['pictures']} pictures, {part['boxes']} boxes"
        for split, part in facts["splits"].items()
    ]
    sizes = [f"{size} ({count})" for size, count in facts["picture_sizes"].items()]
    lines.append(f"commonest picture sizes: {', '.join(sizes) or 'none'}")
    for what in ("picture", "box"):
        ratios = facts[f"{what}_aspect_ratios"]
        if ratios:
            lines.append(f"{what} width/height: {ratios[0]:g} to {ratios[-1]:g}, median {ratios[2]:g}")
    wide = max([5, *map(len, facts["classes"])])
    columns = ("boxes", "pictures", "small", "medium", "large", "not exhaustive in")
    lines += ["", "  ".join([f"{'class':<{wide}}", *columns])]
    rows = sorted(facts["classes"].items(), key=lambda row: -row[1]["boxes"])
    everything = {"boxes": facts["boxes"], "pictures": facts["pictures"], **facts["sizes"]}
    for name, row in [*rows, ("all", everything)]:
        values = [row.get(key, "") for key in (*columns[:5], "pictures_not_exhaustive")]
        cells = [f"{value:>{len(column)}}" for value, column in zip(values, columns, strict=True)]
        lines.append("  ".join([f"{name:<{wide}}", *cells]))
    return "\n".join(line.rstrip() for line in lines)
