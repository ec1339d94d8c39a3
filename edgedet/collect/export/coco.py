"""COCO's instances JSON: https://cocodataset.org/#format-data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from edgedet.collect.export.labels import labels_of
from edgedet.collect.item import Item


def coco(items: Sequence[Item], names: Sequence[str], url: str) -> dict[str, str]:  # noqa: ARG001 - it has no addresses
    """``instances.json``; each box has its ``score`` too, as in COCO's results."""
    labels = labels_of(items)
    number = {label: index for index, label in enumerate(labels, 1)}
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for index, (item, name) in enumerate(zip(items, names, strict=True), 1):
        images.append(
            {"id": index, "file_name": name, "width": item.width, "height": item.height}
            | {"date_captured": item.time.isoformat(timespec="seconds"), "reasons": list(item.reasons)}
        )
        for each in item.objects:
            x1, y1, x2, y2 = each["box"]
            box = [x1, y1, round(x2 - x1, 2), round(y2 - y1, 2)]
            annotations.append(
                {"id": len(annotations) + 1, "image_id": index, "category_id": number[each["label"]], "bbox": box}
                | {"area": round(box[2] * box[3], 2), "iscrowd": 0, "score": each["score"]}
            )
    categories = [{"id": n, "name": label, "supercategory": ""} for label, n in number.items()]
    info = {"description": "collected by edgedet; boxes are a model's, not yet checked"}
    content = {"info": info, "images": images, "annotations": annotations, "categories": categories}
    return {"instances.json": json.dumps(content, ensure_ascii=False) + "\n"}
