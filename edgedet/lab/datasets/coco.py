"""COCO's instances JSON: https://cocodataset.org/#format-data, with LVIS' lists of classes not boxed in full."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgedet.errors import DataError
from edgedet.lab.datasets import Dataset, Picture
from edgedet.lab.datasets.decimals import corners_from_xywh, xywh_from_corners
from edgedet.lab.datasets.exhaustive import NEGATIVE, NOT_EXHAUSTIVE, class_lists, known_classes
from edgedet.lab.datasets.filenames import inside
from edgedet.lab.datasets.problems import Problems

FILE = "instances.json"
PICTURE_KEYS = ("id", "file_name", "width", "height", "split", NEGATIVE, NOT_EXHAUSTIVE)
BOX_KEYS = ("image_id", "category_id", "bbox", "iscrowd")


def read_coco(path: Path, images: Path | None = None, problems: Problems | None = None) -> Dataset:
    """Read a COCO JSON file.

    Args:
        path: the file.
        images: the folder its ``file_name`` are in; None: ``images`` beside the file, the file's own folder, or
            as COCO itself lays it out (``val2017`` beside ``annotations/instances_val2017.json``).
        problems: takes what is wrong in it; None: that is refused.

    Raises:
        DataError: it isn't COCO's JSON.
    """
    problems = problems or Problems(refuse=str(path))
    try:
        content = json.loads(path.read_bytes())
        return _dataset(content, path, images or _images_folder(path, content), problems)
    except DataError:
        raise
    except RecursionError:
        raise DataError(f"{path}: not COCO annotations (nested too deep); give an instances JSON file") from None
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError) as error:
        what = f"no {error} in it" if isinstance(error, KeyError) else getattr(error, "strerror", None) or str(error)
        raise DataError(f"{path}: not COCO annotations ({what}); give an instances JSON file") from None


def _images_folder(path: Path, content: dict[str, Any]) -> Path:
    """The first likely folder that has the first picture."""
    here, above, part = path.parent, path.parent.parent, path.stem.rpartition("_")[2]
    likely = [here / "images", here, above / part, above / "images" / part, above / "images"]
    names = [str(image["file_name"]) for image in content["images"][:1]]
    found = [folder for folder in likely if names and len(names[0]) < 256 and Path(folder, names[0]).is_file()]
    return found[0] if found else next(folder for folder in likely if folder.is_dir())


def _dataset(content: dict[str, Any], path: Path, images: Path, problems: Problems) -> Dataset:
    categories = sorted(content["categories"], key=lambda category: category["id"])
    labels = tuple(dict.fromkeys(str(category["name"]) for category in categories))  # Roboflow writes a name twice
    index = {category["id"]: labels.index(str(category["name"])) for category in categories}
    if len(index) < len(categories):
        raise DataError(f"{path}: a category id is given twice; give each category its own")
    licences = content.get("licenses") or ()
    if not all(isinstance(entry, dict) and isinstance(entry.get("id"), int | str) for entry in licences):
        raise TypeError("licenses without an id")
    boxes: dict[Any, list[dict[str, Any]]] = {image["id"]: [] for image in content["images"]}
    for annotation in content["annotations"]:
        number = annotation.get("id", 0)
        if not isinstance(number, int | str):
            raise TypeError(f"annotation id {number}")
        where = f"{path}: annotation {number}"
        if annotation["category_id"] not in index:
            problems.add("unknown-class", f"{where}, category {annotation['category_id']}")
        elif annotation["image_id"] not in boxes:
            problems.add("unknown-picture", f"{where}, image {annotation['image_id']}")
        else:
            boxes[annotation["image_id"]].append(annotation)
    pictures = tuple(
        _picture(image, boxes[image["id"]], index, len(labels), inside(images, str(image["file_name"]), path))
        for image in content["images"]
    )
    extra = {k: v for k, v in content.items() if k not in ("images", "annotations", "categories")}
    extra["categories"] = categories
    return Dataset(labels, pictures, path.stem, extra)


def _picture(
    image: dict[str, Any], found: list[dict[str, Any]], index: dict[Any, int], classes: int, file: Path
) -> Picture:
    labels = [index[a["category_id"]] for a in found]
    negative, partial = ([index[c] for c in image[k]] if k in image else None for k in (NEGATIVE, NOT_EXHAUSTIVE))
    return Picture(
        path=file,
        width=int(image["width"]),
        height=int(image["height"]),
        boxes=corners_from_xywh(np.array([a["bbox"] for a in found], np.float64).reshape(len(found), 4)),
        labels=np.array(labels, np.int64),
        known=known_classes(classes, labels, negative, partial),
        crowd=np.array([bool(a.get("iscrowd")) for a in found], np.bool_),
        id=int(image["id"]),
        split=str(image.get("split", "")),
        extra={k: v for k, v in image.items() if k not in PICTURE_KEYS},
        box_extra=tuple({k: v for k, v in a.items() if k not in BOX_KEYS} for a in found),
    )


def write_coco(dataset: Dataset, names: Sequence[str], folder: Path) -> None:
    """Write ``instances.json`` into a folder; ``names`` are the pictures' in the folder ``images`` beside it."""
    (folder / FILE).write_text(json.dumps(to_coco(dataset, names)), encoding="utf-8")


def to_coco(dataset: Dataset, names: Sequence[str] | None = None) -> dict[str, Any]:
    """A dataset as COCO's JSON object, with everything it was read with.

    Ids of categories and boxes are kept if they are unique, and given anew from 1 otherwise.

    Args:
        dataset: the pictures.
        names: each picture's ``file_name``; None: the name of its file.
    """
    categories = _categories(dataset)
    ids = [category["id"] for category in categories]
    kept_ids = Counter(extra.get("id") for picture in dataset for extra in picture.box_extra)
    boxes = sum(map(len, dataset))
    renumber = None in kept_ids or len(kept_ids) < boxes
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for picture, name in zip(dataset, names or [p.path.name for p in dataset], strict=True):
        images.append(_image(picture, name, ids))
        for i, box in enumerate(picture.boxes):
            xywh = xywh_from_corners(box)
            extra = dict(picture.box_extra[i]) if picture.box_extra else {}
            if renumber:
                extra["id"] = len(annotations) + 1
            annotations.append(
                {"id": extra.pop("id"), "image_id": picture.id, "category_id": ids[picture.labels[i]], "bbox": xywh}
                | {"area": round(xywh[2] * xywh[3], 6), "iscrowd": int(picture.crowd[i])}
                | extra
            )
    rest = {k: v for k, v in dataset.extra.items() if k != "categories"}
    return rest | {"images": images, "annotations": annotations, "categories": categories}


def _categories(dataset: Dataset) -> list[dict[str, Any]]:
    read = {str(category["name"]): category for category in dataset.extra.get("categories", ())}
    kept = [read.get(name, {}) for name in dataset.labels]
    ids = [category.get("id") for category in kept]
    # readers sort by id, so a list in another order would come back as another list
    if None in ids or ids != sorted(set(ids)):
        ids = list(range(1, len(kept) + 1))
    return [category | {"id": i, "name": name} for category, i, name in zip(kept, ids, dataset.labels, strict=True)]


def _image(picture: Picture, name: str, category_ids: list[int]) -> dict[str, Any]:
    image = {"id": picture.id, "file_name": name, "width": picture.width, "height": picture.height} | picture.extra
    if picture.split:
        image["split"] = picture.split
    lists = class_lists(picture)
    if lists is not None:
        for key, classes in zip((NEGATIVE, NOT_EXHAUSTIVE), lists, strict=True):
            image[key] = [category_ids[c] for c in classes]
    return image
