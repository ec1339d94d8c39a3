"""Suppression inside the model, and several pictures in one invoke.

python -m tests.bench.trials.graph [ROUNDS]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from edgedet.inference.card import default_model
from edgedet.inference.detector import Detector
from tests.bench.trials.timing import compare, pictures
from tests.modelkit.graph import Graph
from tests.modelkit.postprocess import PostProcessOptions, with_postprocess

COUNT = 4


def suppression(rounds: int) -> None:
    """A detection with our own suppression, and with TFLite's operator at the model's end."""
    image = pictures(1)[0]
    anchors = np.load(default_model().with_name("bootstrap-320-anchors.npy"))
    own = default_model().with_name("bootstrap-320-int8.tflite")
    options = PostProcessOptions(100, use_regular_nms=True, nms_score_threshold=0.4, nms_iou_threshold=0.5)
    with tempfile.TemporaryDirectory() as folder:
        inside = Path(folder) / "inside.tflite"
        inside.write_bytes(with_postprocess(own.read_bytes(), anchors, options))
        ways = {}
        for name, path in (("suppression here (the program)", own), ("inside the model", inside)):
            detector = Detector(path, threads=1, confidence=0.4)
            ways[name] = lambda detector=detector: [detector.detect(image) for _ in range(COUNT)]
        compare(ways, rounds, COUNT, "process")


def without_shapes(model: bytes) -> bytes:
    """A model without what comes from its first reshape on: that has the number of pictures in it, so that LiteRT
    refuses to take another ("failed to reshape"). It is the last percent of the work."""
    graph = Graph.load(model)
    operators, codes = graph._graph.operators, graph._model.operatorCodes
    reshape = schema.BuiltinOperator.RESHAPE
    ends = {op.inputs[0] for op in operators if codes[op.opcodeIndex].builtinCode == reshape}
    needed, kept = set(ends), []
    for op in reversed(operators):
        if needed.intersection(op.outputs):
            needed.update(op.inputs)
            kept.append(op)
    graph._graph.operators = kept[::-1]
    graph.outputs = sorted(int(tensor) for tensor in ends)
    return graph.pack()


def together(rounds: int) -> None:
    """An invoke of one picture, and of several at once: milliseconds of each picture."""
    model = without_shapes(default_model().read_bytes())

    def invoke(batch: int) -> Callable[[], None]:
        made = Interpreter(model_content=model, num_threads=1)
        made.resize_tensor_input(made.get_input_details()[0]["index"], (batch, 320, 320, 3))
        made.allocate_tensors()

        def run() -> None:
            for _ in range(COUNT // batch):
                made.invoke()

        return run

    ways = {f"{batch} in an invoke": invoke(batch) for batch in (1, 2, 4)}
    compare(ways, rounds, COUNT, "process")
    compare(ways, rounds, COUNT, "wall")


if __name__ == "__main__":
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    suppression(turns)
    together(turns)
