"""COCO's instances JSON: https://cocodataset.org/#format-data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from edgedet.errors import DataError
from edgedet.lab.datasets import Dataset, Picture

PICTURE_KEYS = ("id", "file_name", "width", "height", "split")
BOX_KEYS = ("image_id", "category_id", "bbox", "iscrowd")


def read_coco(path: Path, images: Path | None = None) -> Dataset:
    """Read a COCO JSON file.

    Args:
        path: the file.
        images: the folder its ``file_name`` are in; None: ``images`` beside the file, or the file's own folder.

    Raises:
        DataError: it isn't COCO's JSON.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return _dataset(content, path, images or _images_folder(path))
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        what = f"no {error} in it" if isinstance(error, KeyError) else str(error)
        raise DataError(f"{path}: not COCO annotations ({what}); give an instances JSON file") from None


def _images_folder(path: Path) -> Path:
    beside = path.parent / "images"
    return beside if beside.is_dir() else path.parent


def _dataset(content: dict[str, Any], path: Path, images: Path) -> Dataset:
    categories = sorted(content["categories"], key=lambda category: category["id"])
    index = {category["id"]: i for i, category in enumerate(categories)}
    boxes: dict[int, list[dict[str, Any]]] = {image["id"]: [] for image in content["images"]}
    for annotation in content["annotations"]:
        boxes[annotation["image_id"]].append(annotation)
    known = np.ones(len(categories), np.bool_)
    pictures = []
    for image in content["images"]:
        found = boxes[image["id"]]
        xywh = np.array([a["bbox"] for a in found], np.float32).reshape(-1, 4)
        pictures.append(
            Picture(
                path=images / image["file_name"],
                width=int(image["width"]),
                height=int(image["height"]),
                boxes=np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1),
                labels=np.array([index[a["category_id"]] for a in found], np.int64),
                known=known,
                crowd=np.array([bool(a.get("iscrowd")) for a in found], np.bool_),
                id=int(image["id"]),
                split=str(image.get("split", "")),
                extra={k: v for k, v in image.items() if k not in PICTURE_KEYS},
                box_extra=tuple({k: v for k, v in a.items() if k not in BOX_KEYS} for a in found),
            )
        )
    extra = {k: v for k, v in content.items() if k not in ("images", "annotations", "categories")}
    extra["categories"] = categories
    return Dataset(tuple(str(c["name"]) for c in categories), tuple(pictures), path.stem, extra)
