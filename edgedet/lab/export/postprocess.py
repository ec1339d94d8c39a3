"""Suppression inside the model: the operator ``TFLite_Detection_PostProcess`` at its end.

What other programs expect of a detector: four float32 outputs in TensorFlow 1's order, boxes (1, N, 4) as y1, x1, y2,
x2 in 0..1, classes (1, N), scores (1, N), count (1,). The operator is TFLite's
``tensorflow/lite/kernels/detection_postprocess.cc``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from flatbuffers import flexbuffers

from edgedet.errors import ModelError
from edgedet.inference.flatfile import POSTPROCESS
from edgedet.lab.export.graph import Graph
from edgedet.lab.export.interface import dequantized
from edgedet.lab.export.kinds import FLOAT32
from edgedet.lab.export.rawhead import RawHead

OUTPUTS = ("boxes", "classes", "scores", "count")
_NAMES = tuple(POSTPROCESS + end for end in ("", ":1", ":2", ":3"))
"""What TensorFlow 1's exporter calls the operator's outputs."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """The operator's options.

    Attributes:
        max_detections: how many objects it gives at most, best first.
        nms_score_threshold: lowest score it looks at.
        nms_iou_threshold: overlap above which the weaker of two boxes goes.
        use_regular_nms: every class for itself, as edgedet's own suppression has it. The operator's fast way lets all
            classes compete: of a person and the dog in their arms it keeps one.
        detections_per_class: how many of one class it gives at most.
        max_classes_per_detection: classes for one box; only its fast way heeds it.
    """

    max_detections: int = 100
    nms_score_threshold: float = 0.02
    nms_iou_threshold: float = 0.5
    use_regular_nms: bool = True
    detections_per_class: int = 100
    max_classes_per_detection: int = 1


def with_postprocess(model: bytes, head: RawHead, options: Suppression | None = None) -> bytes:
    """A model with the operator in place of its raw outputs.

    Int8 outputs are dequantized first: the operator takes float32 (and uint8, which nobody makes any more). Encodings
    are brought into its order y, x, h, w. Scores get a column of zeros for the background in front where they have
    none: the operator could do without, but programs that look at its inputs take the first column for it.

    Args:
        model: a TFLite model with a raw SSD head.
        head: what its outputs mean.
        options: how it suppresses; None: as :class:`Suppression` stands.

    Raises:
        ModelError: the model has the operator already, or its outputs don't fit its anchors.
    """
    graph, options = Graph(model), options or Suppression()
    if POSTPROCESS in graph.operators:
        raise ModelError(f"it has {POSTPROCESS} already; give the model without")
    if len(graph.outputs) != 2 or graph.shape(graph.outputs[head.boxes]) != (1, len(head.anchors), 4):
        shapes = " and ".join(str(graph.shape(i)) for i in graph.outputs)
        raise ModelError(f"its outputs {shapes} don't fit its {len(head.anchors)} anchors; give the model's own card")
    boxes, scores = _encodings(graph, head), _probabilities(graph, head)
    classes = graph.shape(scores)[-1] - 1
    centres = np.ascontiguousarray(head.anchors[:, [1, 0, 3, 2]], np.float32)
    most = options.max_detections
    shapes4 = ((1, most, 4), (1, most), (1, most), (1,))
    found = [graph.tensor(shape, FLOAT32, name) for shape, name in zip(shapes4, _NAMES, strict=True)]
    packed = flexbuffers.Dumps({**asdict(options), "num_classes": classes, **_scales(head)})
    graph.custom_op(POSTPROCESS, [boxes, scores, graph.constant(centres, "anchors")], found, bytes(packed))
    graph.set_outputs(dict(zip(OUTPUTS, found, strict=True)))
    return graph.pack()


def _scales(head: RawHead) -> dict[str, float]:
    columns = ("y", "x", "h", "w") if head.box_order == "yxhw" else ("x", "y", "w", "h")
    return {f"{column}_scale": float(scale) for column, scale in zip(columns, head.scales, strict=True)}


def _encodings(graph: Graph, head: RawHead) -> int:
    """Box encodings as the operator wants them: float32, y, x, h, w."""
    boxes = dequantized(graph, graph.outputs[head.boxes])
    if head.box_order == "yxhw":
        return boxes
    ordered = graph.tensor(graph.shape(boxes), FLOAT32, "boxes_yxhw")
    graph.op("GATHER", [boxes, graph.constant(np.array([1, 0, 3, 2], np.int32), "yxhw")], [ordered], axis=2)
    return ordered


def _probabilities(graph: Graph, head: RawHead) -> int:
    """Scores as the operator wants them: float32 probabilities, the background first."""
    scores = dequantized(graph, graph.outputs[head.scores])
    shape = graph.shape(scores)
    if head.activation != "none":
        logits, scores = scores, graph.tensor(shape, FLOAT32, "probabilities")
        if head.activation == "softmax":
            graph.op("SOFTMAX", [logits], [scores], beta=1.0)
        else:
            graph.op("LOGISTIC", [logits], [scores])
    if head.background:
        return scores
    padded = graph.tensor((*shape[:-1], shape[-1] + 1), FLOAT32, "scores_with_background")
    front = graph.constant(np.array([[0, 0], [0, 0], [1, 0]], np.int32), "background")
    graph.op("PAD", [scores, front], [padded])
    return padded
