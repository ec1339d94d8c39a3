"""Models that end in the real TFLite_Detection_PostProcess operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from flatbuffers import flexbuffers
from numpy.typing import NDArray

from tests.modelkit.graph import FLOAT32, UINT8, Graph, Kind
from tests.modelkit.heads import Size, start

WHAT = ("boxes", "classes", "scores", "count")
"""The operator's outputs, in its own order."""

TF1_NAMES = tuple("TFLite_Detection_PostProcess" + end for end in ("", ":1", ":2", ":3"))
TF2_NAMES = tuple(f"StatefulPartitionedCall:{i}" for i in (3, 2, 1, 0))
TF2_ORDER = ("scores", "boxes", "count", "classes")


@dataclass(frozen=True)
class PostProcessOptions:
    """The operator's options, with the TF Object Detection API's defaults."""

    max_detections: int = 10
    max_classes_per_detection: int = 1
    detections_per_class: int = 100
    use_regular_nms: bool = False
    nms_score_threshold: float = 1e-8
    nms_iou_threshold: float = 0.6
    y_scale: float = 10.0
    x_scale: float = 10.0
    h_scale: float = 5.0
    w_scale: float = 5.0

    def pack(self, classes: int) -> bytes:
        """As flexbuffers, for a model of so many classes without background."""
        return bytes(flexbuffers.Dumps({**asdict(self), "num_classes": classes}))


def add_postprocess(
    graph: Graph,
    boxes: int,
    scores: int,
    anchors: NDArray[Any],
    options: PostProcessOptions,
    names: Sequence[str] = TF1_NAMES,
) -> dict[str, int]:
    """Add the operator to a graph; its outputs, by :data:`WHAT` they are.

    Args:
        boxes: float tensor (1, N, 4) of encodings ty, tx, th, tw.
        scores: float tensor (1, N, 1 + C), the background first.
        anchors: (N, 4): cy, cx, h, w as fractions.
    """
    most = options.max_detections * options.max_classes_per_detection
    shapes = ((1, most, 4), (1, most), (1, most), (1,))
    outputs = [graph.tensor(shape, FLOAT32, name) for shape, name in zip(shapes, names, strict=True)]
    prior = graph.constant(np.asarray(anchors, np.float32), name="anchors")
    classes = graph.shape(scores)[-1] - 1
    graph.custom_op("TFLite_Detection_PostProcess", [boxes, scores, prior], outputs, options.pack(classes))
    return dict(zip(WHAT, outputs, strict=True))


def postprocess(
    encodings: NDArray[Any],
    scores: NDArray[Any],
    anchors: NDArray[Any],
    *,
    export: str = "tf1",
    options: PostProcessOptions | None = None,
    size: Size = (300, 300),
    input_kind: Kind = UINT8,
) -> bytes:
    """An SSD with the operator, as one of the exporters writes it.

    Args:
        encodings: (N, 4): ty, tx, th, tw.
        scores: (N, 1 + C) probabilities, the background first.
        anchors: (N, 4): cy, cx, h, w.
        export: ``tf1``: boxes, classes, scores, count; ``tf2``: scores, boxes, count, classes;
            ``signature``: as tf2, and a signature of output_0 ... that are count, scores, classes, boxes.
    """
    graph, scene = start(size, input_kind)
    boxes = graph.choose(scene, encodings[None], FLOAT32, "box_encodings")
    classes = graph.choose(scene, scores[None], FLOAT32, "class_predictions")
    names = TF1_NAMES if export == "tf1" else TF2_NAMES
    found = add_postprocess(graph, boxes, classes, anchors, options or PostProcessOptions(), names)
    graph.outputs = [found[what] for what in (WHAT if export == "tf1" else TF2_ORDER)]
    if export == "signature":
        graph.sign({f"output_{i}": found[what] for i, what in enumerate(("count", "scores", "classes", "boxes"))})
    return graph.pack()


def with_postprocess(model: bytes, anchors: NDArray[Any], options: PostProcessOptions | None = None) -> bytes:
    """A model with outputs dx, dy, dw, dh (1, N, 4) and scores (1, N, C), with the operator added.

    Args:
        anchors: (N, 4): cx, cy, w, h, as the bundled model's card has them.
    """
    graph = Graph.load(model)
    order = np.array([1, 0, 3, 2], np.int32)
    encodings, scores = sorted(graph.outputs, key=lambda t: graph.shape(t)[-1] != 4)
    (_, rows, columns) = graph.shape(scores)
    real = [graph.tensor(graph.shape(t), FLOAT32) for t in (encodings, scores)]
    graph.op("DEQUANTIZE", [encodings], [real[0]])
    graph.op("DEQUANTIZE", [scores], [real[1]])
    boxes = graph.tensor((1, rows, 4), FLOAT32)
    graph.op("GATHER", [real[0], graph.constant(order)], [boxes], axis=2)
    classes = graph.tensor((1, rows, columns + 1), FLOAT32)
    graph.op("PAD", [real[1], graph.constant(np.array([[0, 0], [0, 0], [1, 0]], np.int32))], [classes])
    found = add_postprocess(graph, boxes, classes, anchors[:, order], options or PostProcessOptions())
    graph.outputs = [found[what] for what in WHAT]
    return graph.pack()
