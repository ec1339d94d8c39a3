"""Detection heads that give the arrays they are built from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.modelkit.graph import FLOAT32, UINT8, Graph, Kind

Size = tuple[int, int]


def start(size: Size, kind: Kind, channels: int = 3) -> tuple[Graph, int]:
    """A graph with a picture of (width, height) as its input, and the tensor that picks the scene."""
    graph = Graph()
    image = graph.input((1, size[1], size[0], channels), kind, "normalized_input_image_tensor")
    return graph, graph.scene(image)


def _give(graph: Graph, scene: int, real: NDArray[Any], dimensions: int, kind: Kind, name: str) -> int:
    """An output (1, ...) of ``dimensions`` without the batch; ``real`` has one more if it is a stack of scenes."""
    scenes = real if real.ndim == dimensions + 1 else real[None]
    return graph.choose(scene, scenes, kind, name)


def ssd_raw(
    encodings: NDArray[Any],
    scores: NDArray[Any],
    *,
    anchors: NDArray[Any] | None = None,
    size: Size = (300, 300),
    input_kind: Kind = UINT8,
    box_kind: Kind = FLOAT32,
    score_kind: Kind = FLOAT32,
    names: Sequence[str] = ("raw_outputs/box_encodings", "raw_outputs/class_predictions", "anchors"),
    swapped: bool = False,
) -> bytes:
    """Box encodings (N, 4) and scores (N, C) as they come, logits or probabilities, with background or without.

    Args:
        anchors: a third output (N, 4).
        names: of boxes, scores and anchors.
        swapped: scores before boxes.
    """
    graph, scene = start(size, input_kind)
    boxes = _give(graph, scene, encodings, 2, box_kind, names[0])
    classes = _give(graph, scene, scores, 2, score_kind, names[1])
    outputs = [classes, boxes] if swapped else [boxes, classes]
    if anchors is not None:
        outputs.append(_give(graph, scene, anchors, 2, FLOAT32, names[2]))
    graph.outputs = outputs
    return graph.pack()


def four_outputs(
    boxes: NDArray[Any],
    classes: NDArray[Any],
    scores: NDArray[Any],
    count: float,
    *,
    order: Sequence[str] = ("boxes", "classes", "scores", "count"),
    names: dict[str, str] | None = None,
    size: Size = (320, 320),
    input_kind: Kind = UINT8,
    signature: bool = False,
) -> bytes:
    """Suppression inside, four outputs, and no operator to tell them by: boxes (N, 4) as y1, x1, y2, x2.

    Args:
        order: in which they come.
        names: of the tensors, by what they hold; default ``StatefulPartitionedCall:3`` and so on, which say nothing.
        signature: add ``output_0`` ... in the EfficientDet-Lite order: count, scores, classes, boxes.
    """
    graph, scene = start(size, input_kind)
    names = names or {k: f"StatefulPartitionedCall:{i}" for i, k in enumerate(("count", "scores", "classes", "boxes"))}
    tensors = {
        "boxes": _give(graph, scene, boxes, 2, FLOAT32, names["boxes"]),
        "classes": _give(graph, scene, classes, 1, FLOAT32, names["classes"]),
        "scores": _give(graph, scene, scores, 1, FLOAT32, names["scores"]),
        "count": _give(graph, scene, np.array(count), 0, FLOAT32, names["count"]),
    }
    graph.outputs = [tensors[what] for what in order]
    if signature:
        graph.sign({f"output_{i}": tensors[what] for i, what in enumerate(("count", "scores", "classes", "boxes"))})
    return graph.pack()


def _single(table: NDArray[Any], name: str, size: Size, input_kind: Kind, kind: Kind) -> bytes:
    graph, scene = start(size, input_kind)
    graph.outputs = [_give(graph, scene, table, 2, kind, name)]
    return graph.pack()


def efficientdet(detections: NDArray[Any], *, size: Size = (320, 320), input_kind: Kind = UINT8) -> bytes:
    """EfficientDet-Lite's single output: rows (N, 7) of image, y1, x1, y2, x2 in pixels, score, class from 1."""
    return _single(detections, "detections", size, input_kind, FLOAT32)


def yolo_v5(
    rows: NDArray[Any], *, size: Size = (320, 320), input_kind: Kind = FLOAT32, output_kind: Kind = FLOAT32
) -> bytes:
    """YOLOv5's output (1, N, 5 + C): rows of centre x, y, w, h, objectness, classes; fractions or pixels as given."""
    return _single(rows, "StatefulPartitionedCall:0", size, input_kind, output_kind)


def yolo_v8(
    rows: NDArray[Any], *, size: Size = (320, 320), input_kind: Kind = FLOAT32, output_kind: Kind = FLOAT32
) -> bytes:
    """YOLOv8's output (1, 4 + C, N), from rows (N, 4 + C) of centre x, y, w, h, classes."""
    return _single(np.swapaxes(rows, -1, -2), "PartitionedCall:0", size, input_kind, output_kind)


def echo(size: Size = (8, 6), kind: Kind = UINT8, channels: int = 3) -> bytes:
    """A model whose output is its input's real values, float32: shows what preprocessing made of a picture."""
    graph = Graph()
    shape = (1, size[1], size[0], channels)
    image = graph.input(shape, kind, "image")
    seen = graph.tensor(shape, FLOAT32, "seen")
    if kind.scale:
        graph.op("DEQUANTIZE", [image], [seen])
    else:
        graph.op("CAST", [image], [seen])
    graph.outputs = [seen]
    return graph.pack()
