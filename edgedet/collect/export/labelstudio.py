"""Label Studio's tasks with predictions: https://labelstud.io/guide/predictions#Import-bbox-predictions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from edgedet.collect.export.labels import labels_of
from edgedet.collect.item import Item


def label_studio(items: Sequence[Item], names: Sequence[str], url: str) -> dict[str, str]:
    """``tasks.json`` to import, and ``labels.xml``, the labeling interface that fits it."""
    tasks = [_task(item, f"{url}{quote(name)}") for item, name in zip(items, names, strict=True)]
    rows = "".join(f"    <Label value={quoteattr(label)}/>\n" for label in labels_of(items))
    interface = (
        '<View>\n  <Image name="image" value="$image"/>\n  <RectangleLabels name="label" toName="image">\n'
        f"{rows}  </RectangleLabels>\n</View>\n"
    )
    return {"tasks.json": json.dumps(tasks, ensure_ascii=False) + "\n", "labels.xml": interface}


def _task(item: Item, address: str) -> dict[str, Any]:
    """A picture with what the model found in it."""
    result = [_region(item, f"box{index}", each) for index, each in enumerate(item.objects)]
    scores = [float(each["score"]) for each in item.objects]
    why = ", ".join(f"{each['reason']} {each['about']}".strip() for each in item.reasons)
    # Label Studio can sort tasks by a prediction's score: the least sure come first
    prediction = {"model_version": item.model, "score": min(scores, default=0.0), "result": result}
    data = {"image": address, "camera": item.camera, "time": item.time.isoformat(timespec="seconds"), "why": why}
    return {"data": data, "predictions": [prediction]}


def _region(item: Item, name: str, each: dict[str, Any]) -> dict[str, Any]:
    """A box, in percent of the picture."""
    x1, y1, x2, y2 = each["box"]
    sides = {"x": x1 / item.width, "y": y1 / item.height}
    sides |= {"width": (x2 - x1) / item.width, "height": (y2 - y1) / item.height}
    return {
        "id": name,
        "type": "rectanglelabels",
        "from_name": "label",
        "to_name": "image",
        "original_width": item.width,
        "original_height": item.height,
        "image_rotation": 0,
        "score": each["score"],
        "value": {side: round(100 * value, 4) for side, value in sides.items()}
        | {"rotation": 0, "rectanglelabels": [each["label"]]},
    }
